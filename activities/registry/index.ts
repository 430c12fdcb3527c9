import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { createRegisterPackage } from './register-package.ts'

/** Promotion of packages from group to group. */
export function createRegistryActivities(dependencies: Dependencies): Pick<Activities, 'registerPackage'> {
  return { registerPackage: createRegisterPackage(dependencies) }
}
