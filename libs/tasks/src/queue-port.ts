/** What a task runner needs of the queues. The sender of libs/blobs has this shape. */
export interface QueuePort {
  /** Puts one message on a queue. Rejects where it could not be put there. */
  send(queue: string, message: object): Promise<void>
}
