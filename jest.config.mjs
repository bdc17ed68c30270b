import { readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'

const root = import.meta.dirname

/** Every workspace folder is a Jest project: tests run from TypeScript sources, as ES modules, with no build. */
const folders = ['apps', 'libs', 'tools']
  .flatMap((area) => readdirSync(join(root, area)).map((name) => `${area}/${name}`))
  .concat('e2e')
  .filter((folder) => existsSync(join(root, folder, 'project.json')))

export default {
  reporters: ['default'],
  // Two files run at a time, and each may start processes: how long it takes is no test.
  testTimeout: 30_000,
  projects: folders.map((folder) => ({
    displayName: folder,
    rootDir: join(root, folder),
    roots: ['<rootDir>'],
    testMatch: ['<rootDir>/**/*.test.ts', '<rootDir>/**/*.itest.ts'],
    testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/', '<rootDir>/tmp/'],
    modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/tmp/'],
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    transform: {
      '^.+\\.tsx?$': [
        '@swc/jest',
        {
          jsc: { target: 'es2023', parser: { syntax: 'typescript', tsx: false } },
          module: { type: 'es6' },
          sourceMaps: 'inline',
        },
      ],
    },
  })),
}
