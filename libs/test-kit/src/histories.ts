// Replay of stored histories: beside the index, for it brings the functions host along.
export type { HistoryFile, OrchestratorCode } from '@zoetrope/functions-host/testing/source'
export { NonDeterminismError, replayHistory } from '@zoetrope/functions-host/testing/source'
