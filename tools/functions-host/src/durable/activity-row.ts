/** An activity that was asked for and has not ended. */
export interface ActivityRow {
  seq: number
  instance_id: string
  execution_id: string
  task_id: number
  name: string
  input: string | null
}

/** Which activity; `seq` is never given out twice while a hub runs. */
export interface ActivityKey {
  instanceId: string
  seq: number
  /** The activity itself, where it was asked for just now and is small. */
  row?: ActivityRow
}
