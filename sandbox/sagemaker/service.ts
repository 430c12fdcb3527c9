import type { Service, World } from '../core/types.ts'
import { createEndpoint } from './create-endpoint.ts'
import { deleteEndpoint } from './delete-endpoint.ts'
import { describeEndpoint, listEndpoints } from './describe-endpoint.ts'
import {
  createEndpointConfig,
  deleteEndpointConfig,
  describeEndpointConfig,
  listEndpointConfigs,
} from './endpoint-configs.ts'
import { describePackage, listPackages } from './describe-package.ts'
import { setTraffic, type TrafficRequest } from './endpoint-traffic.ts'
import { invokeEndpoint } from './invoke.ts'
import { maintain } from './maintenance.ts'
import { createModel, deleteModel, describeModel, listModels } from './models.ts'
import { findEndpoint } from './names.ts'
import * as groups from './package-groups.ts'
import * as packages from './packages.ts'
import { foreignUpdate, type ForeignUpdate } from './rest.ts'
import { seedConfigs, seedEndpoints, seedGroups, seedModels, seedPackages, type Where } from './seed.ts'
import { changeSettings } from './settings.ts'
import { dumps } from './dump.ts'
import { sageMakerState } from './state.ts'
import { addTags, deleteTags, listTags } from './tags.ts'
import { updateEndpoint } from './update-endpoint.ts'
import { updateWeightsAndCapacities } from './weights.ts'

type OnEndpoint = Where & { readonly endpoint: string }

const found = (world: World, { account, region, endpoint }: OnEndpoint) => {
  const state = sageMakerState(world, account, region)
  return { world, state, endpoint: findEndpoint(state, endpoint) }
}

const traffic = (world: World, body: OnEndpoint & TrafficRequest) => {
  const { account, region, endpoint, ...request } = body
  if (!(request.requestsPerSecond >= 0))
    throw new RangeError(`requestsPerSecond: found ${request.requestsPerSecond}; allowed: a number from 0`)
  const { seed, requestsPerSecond, badRequestRate } = setTraffic(
    world,
    sageMakerState(world, account, region),
    endpoint,
    request,
  )
  return { endpoint, seed, requestsPerSecond, badRequestRate }
}

const status = ({ endpoint }: ReturnType<typeof found>) => ({
  endpoint: endpoint.name,
  status: endpoint.status,
})

/** The simulated SageMaker control plane. */
export const sagemaker: Service = {
  service: 'sagemaker',
  operations: {
    CreateModel: createModel,
    DescribeModel: describeModel,
    DeleteModel: deleteModel,
    ListModels: listModels,
    CreateEndpointConfig: createEndpointConfig,
    DescribeEndpointConfig: describeEndpointConfig,
    DeleteEndpointConfig: deleteEndpointConfig,
    ListEndpointConfigs: listEndpointConfigs,
    CreateEndpoint: createEndpoint,
    UpdateEndpoint: updateEndpoint,
    UpdateEndpointWeightsAndCapacities: updateWeightsAndCapacities,
    DescribeEndpoint: describeEndpoint,
    ListEndpoints: listEndpoints,
    DeleteEndpoint: deleteEndpoint,
    AddTags: addTags,
    ListTags: listTags,
    DeleteTags: deleteTags,
    CreateModelPackageGroup: groups.createGroup,
    DescribeModelPackageGroup: groups.describeGroup,
    ListModelPackageGroups: groups.listGroups,
    DeleteModelPackageGroup: groups.deleteGroup,
    PutModelPackageGroupPolicy: groups.putGroupPolicy,
    GetModelPackageGroupPolicy: groups.getGroupPolicy,
    DeleteModelPackageGroupPolicy: groups.deleteGroupPolicy,
    CreateModelPackage: packages.createPackage,
    DescribeModelPackage: describePackage,
    ListModelPackages: listPackages,
    UpdateModelPackage: packages.updatePackage,
    DeleteModelPackage: packages.deletePackage,
  },
  faultKinds: {
    'silent-rollback': {
      does: 'an endpoint update ends InService on the old config',
      with: '`reason`: the FailureReason',
    },
    'update-rollback-failed': {
      does: 'an endpoint update ends UpdateRollbackFailed, on a mix',
      with: '`reason`',
    },
    'capacity-error': { does: 'a deployment or scale-out fails for want of instances' },
    'never-healthy': { does: 'containers do not answer `/ping`' },
    'deployment-failed': { does: 'a deployment fails', with: '`reason`' },
    'slow-deployment': { does: 'a deployment takes longer', with: '`factor`' },
    'weights-failed': { does: 'a weight or capacity change is rolled back', with: '`reason`' },
    maintenance: {
      does: 'the endpoint goes into SystemUpdating when it next comes to rest',
      with: '`for`: duration',
    },
    'foreign-update': {
      does: 'somebody else changes the endpoint when it next comes to rest',
      with: '`after`, `config`, `weights`, `counts`',
    },
    'model-limit': { does: 'CreateModel answers ResourceLimitExceeded' },
  },
  seeds: {
    sagemaker: (world, settings) => void changeSettings(world, settings),
    modelPackageGroups: seedGroups,
    modelPackages: seedPackages,
    models: seedModels,
    endpointConfigs: seedConfigs,
    endpoints: seedEndpoints,
    traffic: (world, all: readonly (OnEndpoint & TrafficRequest)[]) =>
      all.forEach((one) => traffic(world, one)),
  },
  controls: {
    sagemaker: changeSettings,
    traffic,
    maintenance: (world, body: OnEndpoint & { readonly for?: unknown }) => {
      const on = found(world, body)
      maintain(world, on.state, on.endpoint, body.for)
      return status(on)
    },
    'foreign-update': (world, body: OnEndpoint & ForeignUpdate) => {
      const on = found(world, body)
      foreignUpdate(on, body)
      return status(on)
    },
  },
  dumps,
}

/** The simulated SageMaker runtime. */
export const runtime: Service = {
  service: 'sagemaker-runtime',
  operations: { InvokeEndpoint: invokeEndpoint },
}
