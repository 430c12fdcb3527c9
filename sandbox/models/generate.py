#!/usr/bin/env python3
"""Writes sandbox/models/generated/<service>.json from the service models inside the botocore wheel.

Kept per served operation: its HTTP binding, every input constraint (required members, lengths, ranges, patterns, enums,
recursive shapes), and for the XML and REST protocols the output shapes too, because those bodies are written from them.

Usage: generate.py [--wheel FILE] [--check]     without --wheel the pinned version is fetched with pip download
"""
import argparse, glob, gzip, json, os, subprocess, sys, tempfile, zipfile

BOTOCORE = '1.44.5'
HERE = os.path.dirname(os.path.abspath(__file__))

SERVED = {
    'sagemaker': ('sagemaker', False, '''
        CreateModel DescribeModel DeleteModel ListModels
        CreateEndpointConfig DescribeEndpointConfig DeleteEndpointConfig ListEndpointConfigs
        CreateEndpoint DescribeEndpoint UpdateEndpoint DeleteEndpoint ListEndpoints UpdateEndpointWeightsAndCapacities
        AddTags ListTags DeleteTags
        CreateModelPackage DescribeModelPackage ListModelPackages UpdateModelPackage DeleteModelPackage
        BatchDescribeModelPackage CreateModelPackageGroup DescribeModelPackageGroup ListModelPackageGroups
        DeleteModelPackageGroup PutModelPackageGroupPolicy GetModelPackageGroupPolicy DeleteModelPackageGroupPolicy
        CreateInferenceExperiment DescribeInferenceExperiment StartInferenceExperiment StopInferenceExperiment
        UpdateInferenceExperiment DeleteInferenceExperiment ListInferenceExperiments
        ListInferenceComponents DescribeInferenceComponent'''),
    'sagemaker-runtime': ('sagemaker-runtime', True, 'InvokeEndpoint InvokeEndpointAsync'),
    'monitoring': ('cloudwatch', False, '''
        PutMetricAlarm PutCompositeAlarm DescribeAlarms DescribeAlarmsForMetric DescribeAlarmHistory DeleteAlarms
        SetAlarmState EnableAlarmActions DisableAlarmActions GetMetricData GetMetricStatistics PutMetricData ListMetrics
        TagResource UntagResource ListTagsForResource'''),
    'application-autoscaling': ('application-autoscaling', False, '''
        RegisterScalableTarget DeregisterScalableTarget DescribeScalableTargets PutScalingPolicy DeleteScalingPolicy
        DescribeScalingPolicies PutScheduledAction DeleteScheduledAction DescribeScheduledActions
        DescribeScalingActivities TagResource UntagResource ListTagsForResource'''),
    'servicequotas': ('service-quotas', False, '''
        GetServiceQuota ListServiceQuotas GetAWSDefaultServiceQuota ListAWSDefaultServiceQuotas
        RequestServiceQuotaIncrease'''),
    'sts': ('sts', True, 'AssumeRole GetCallerIdentity'),
    'sns': ('sns', True, 'Publish'),
    'ecr': ('ecr', False, '''
        DescribeRepositories CreateRepository DeleteRepository BatchGetImage DescribeImages ListImages BatchDeleteImage
        BatchCheckLayerAvailability GetDownloadUrlForLayer InitiateLayerUpload UploadLayerPart CompleteLayerUpload
        PutImage DescribeImageReplicationStatus PutLifecyclePolicy GetLifecyclePolicy DeleteLifecyclePolicy
        SetRepositoryPolicy GetRepositoryPolicy DeleteRepositoryPolicy DescribeRegistry PutReplicationConfiguration
        PutImageTagMutability GetAuthorizationToken'''),
    's3': ('s3', True, '''
        ListBuckets CreateBucket DeleteBucket HeadBucket GetBucketLocation GetBucketVersioning PutBucketVersioning
        GetBucketEncryption PutBucketEncryption ListObjectsV2 ListObjectVersions PutObject GetObject HeadObject
        DeleteObject DeleteObjects CopyObject GetObjectTagging PutObjectTagging DeleteObjectTagging
        CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload ListParts
        ListMultipartUploads GetObjectAttributes'''),
}
SHAPE_KEYS = ('type', 'required', 'min', 'max', 'pattern', 'enum', 'union', 'document', 'payload', 'flattened',
              'timestampFormat', 'locationName', 'streaming', 'box')
REF_KEYS = ('shape', 'location', 'locationName', 'flattened', 'streaming', 'timestampFormat', 'idempotencyToken',
            'xmlNamespace', 'xmlAttribute')


def reference(ref):
    return {k: ref[k] for k in REF_KEYS if k in ref}


def kept(shape):
    out = {k: shape[k] for k in SHAPE_KEYS if k in shape}
    if 'members' in shape:
        out['members'] = {name: reference(ref) for name, ref in shape['members'].items()}
    for inner in ('member', 'key', 'value'):
        if inner in shape:
            out[inner] = reference(shape[inner])
    return out


def reach(shapes, name, seen):
    if name in seen:
        return
    shape = shapes[name]
    seen[name] = kept(shape)
    for ref in list(shape.get('members', {}).values()) + [shape[k] for k in ('member', 'key', 'value') if k in shape]:
        reach(shapes, ref['shape'], seen)


def compact(model, outputs, names):
    shapes, operations, seen, errors = model['shapes'], {}, {}, {}
    for name in names:
        op = model['operations'][name]
        entry = {'method': op['http']['method'], 'uri': op['http']['requestUri']}
        if 'input' in op:
            entry['input'] = op['input']['shape']
            if 'locationName' in op['input']:
                entry['inputElement'] = op['input']['locationName']
            reach(shapes, entry['input'], seen)
        if outputs and 'output' in op:
            entry['output'] = op['output']['shape']
            if 'resultWrapper' in op['output']:
                entry['resultWrapper'] = op['output']['resultWrapper']
            reach(shapes, entry['output'], seen)
        operations[name] = entry
        for ref in op.get('errors', []):
            error = shapes[ref['shape']].get('error', {})
            errors[ref['shape']] = {'code': error.get('code', ref['shape']), 'status': error.get('httpStatusCode', 400)}
    meta = model['metadata']
    return {
        'protocol': meta['protocol'], 'apiVersion': meta['apiVersion'], 'target': meta.get('targetPrefix'),
        'xmlNamespace': meta.get('xmlNamespace'), 'operations': operations,
        'errors': dict(sorted(errors.items())), 'shapes': dict(sorted(seen.items())),
    }


def write_lines(table):
    """One operation, error or shape a line: compact, and still readable in a diff."""
    def block(entries):
        return '{\n' + ',\n'.join(f'    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}' for k, v in entries.items()) + '\n  }'
    parts = [f'  {json.dumps(k)}: {block(v) if k in ("operations", "errors", "shapes") and v else json.dumps(v)}'
             for k, v in table.items() if v is not None]
    return '{\n' + ',\n'.join(parts) + '\n}\n'


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--wheel')
    options.add_argument('--check', action='store_true')
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = args.wheel
        if not wheel:
            subprocess.run([sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', '-d', folder, f'botocore=={BOTOCORE}'], check=True)
            wheel = glob.glob(os.path.join(folder, 'botocore-*.whl'))[0]
        archive, stale = zipfile.ZipFile(wheel), []
        for service, (directory, outputs, names) in SERVED.items():
            path = sorted(n for n in archive.namelist() if n.startswith(f'botocore/data/{directory}/') and n.endswith('/service-2.json.gz'))[-1]
            text = write_lines(compact(json.loads(gzip.decompress(archive.read(path))), outputs, names.split()))
            target = os.path.join(HERE, 'generated', f'{service}.json')
            old = open(target, encoding='utf-8').read() if os.path.exists(target) else None
            if old != text:
                stale.append(os.path.relpath(target))
                if not args.check:
                    open(target, 'w', encoding='utf-8').write(text)
        if args.check and stale:
            sys.exit(f'out of date: {", ".join(stale)}; run python3 sandbox/models/generate.py')


main()
