const minimumMajor = 24

/** `version` is such as 24.1.0. @throws Error that says what to do, where that Node lacks what the emulator rests on */
export function checkNodeVersion(version: string): void {
  if (Number(version.split('.')[0]) >= minimumMajor) return
  throw new Error(
    `startCosmosEmulator runs on Node ${minimumMajor}; this is Node ${version}. Run your tests on Node ${minimumMajor}, or start the command beside them, which brings its own: npx cosmos-emulator start --memory --port 0`,
  )
}
