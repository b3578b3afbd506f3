// Holds `keystorm policy` against an evaluator that others wrote: @cloud-copilot/iam-simulate.
//
// usage: judge_policy.mjs KEYSTORM NODE_FOLDER [--policies N] [--seed N] [--verbose]
//        judge_policy.mjs KEYSTORM NODE_FOLDER --faults
//
// Generates policies and requests (fixed seed), asks both, and compares what the bucket policy
// alone says. Every difference must be of a category below, which says who differs and why; a
// category that explains nothing is itself a fault. `--faults` shows that the judge can fail: it
// turns answers round and expects to be told.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const [keystorm, nodeFolder, ...flags] = process.argv.slice(2)
const flag = (name, otherwise) => {
  const at = flags.indexOf(name)
  return at < 0 ? otherwise : Number(flags[at + 1])
}
const policiesMax = flag('--policies', 1500)
const requestsPerPolicy = 4
const { runSimulation, anonymousPrincipal } = createRequire(resolve(nodeFolder, 'x.js'))(
  '@cloud-copilot/iam-simulate'
)

// mulberry32: small, seeded, the same everywhere.
let state = flag('--seed', 20261125)
const random = () => {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const chance = (share) => random() < share
const pick = (list) => list[Math.floor(random() * list.length)]
const some = (list, most) => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(list))

const ACCOUNT = '111122223333'
const USER = `arn:aws:iam::${ACCOUNT}:user/ann`
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`
const ROOT = `arn:aws:iam::${ACCOUNT}:root`
const OTHER = 'arn:aws:iam::444455556666:user/eve'
const KMS = 'arn:aws:kms:us-east-1:111122223333:key/1'

// Operators by what they compare, their keys, and values of policies and of requests.
const KINDS = [
  {
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
    keys: ['s3:x-amz-server-side-encryption', 'aws:PrincipalTag/team', 'aws:UserAgent'],
    policy: ['AES256', 'aes256', 'aws:kms', 'aws:kms*', 'aws:???', '*', 'a?s*', '${aws:username}',
      '${aws:PrincipalTag/none}', "${aws:PrincipalTag/none, 'AES256'}", 'AES${*}', '${$}x', '${$}x',
      'a.c', '(x)'],
    request: ['AES256', 'aws:kms', 'aws:kms:dsse', 'ann', 'AES*', '$x', '$x', '', 'abc', 'a.c', '(x)']
  },
  {
    operators: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals',
      'NumericGreaterThan', 'NumericGreaterThanEquals'],
    keys: ['s3:TlsVersion', 's3:signatureAge', 'aws:MultiFactorAuthAge'],
    policy: ['1.2', '1.20', '1.3', '0', '-5', '600000', 1.2, 3, '1e3'],
    request: ['1.0', '1.1', '1.2', '1.3', '0', '-5', '600000', '3', '1000', 'many']
  },
  {
    operators: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals',
      'DateGreaterThan', 'DateGreaterThanEquals'],
    keys: ['aws:CurrentTime', 'aws:TokenIssueTime'],
    policy: ['2026-04-01', '2026-04-01T00:00:00Z', '2026-04-01T02:00:00+02:00', '2026-04',
      '2026', '1775001600'],
    request: ['2026-04-01T00:00:00Z', '2026-03-31T23:59:59Z', '2026-04-02T12:00:00Z', '1775001600',
      'soon']
  },
  {
    operators: ['Bool'],
    keys: ['aws:SecureTransport', 'aws:MultiFactorAuthPresent', 's3:ObjectCreationOperation'],
    policy: ['true', 'false', true, false, 'TRUE'],
    request: ['true', 'false', 'True', 'maybe']
  },
  {
    operators: ['BinaryEquals'],
    keys: ['aws:PrincipalTag/blob'],
    policy: ['AQI=', 'AQM=', 'QmluYXJ5'],
    request: ['AQI=', 'QmluYXJ5', 'AQ==']
  },
  {
    operators: ['IpAddress', 'NotIpAddress'],
    keys: ['aws:SourceIp', 'aws:VpcSourceIp'],
    policy: ['203.0.113.0/24', '203.0.113.7', '0.0.0.0/0', '2001:db8::/32', '2001:db8::1',
      '10.1.2.3/8'],
    request: ['203.0.113.7', '198.51.100.1', '2001:db8::1', '2001:db9::1', '10.200.0.1']
  },
  {
    operators: ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'],
    keys: ['s3:x-amz-server-side-encryption-aws-kms-key-id', 'aws:SourceArn', 'aws:PrincipalArn'],
    policy: [KMS, 'arn:aws:kms:*:*:key/*', 'arn:aws:kms:us-east-?:111122223333:key/1', USER,
      'arn:aws:iam::*:user/${aws:username}', 'arn:aws:*:::*', 'arn:aws:iam::111122223333:*'],
    request: [KMS, USER, ROLE, 'arn:aws:kms:eu-west-1:111122223333:key/a:b', 'no-arn']
  },
  {
    operators: ['Null'],
    keys: ['s3:x-amz-server-side-encryption', 's3:TlsVersion', 'aws:TagKeys', 'aws:SourceIp'],
    policy: ['true', 'false', true, false],
    request: ['AES256', '1.2', '203.0.113.7']
  }
]
const SETS = {
  keys: ['aws:TagKeys', 's3:RequestObjectTagKeys'],
  policy: ['a', 'b', 'c*', '?', 'A'],
  request: [[], ['a'], ['b', 'a'], ['a', 'x'], ['x', 'y'], ['cd'], [''], [''], ['']]
}

const condition = () => {
  const kind = pick(KINDS)
  let operator = pick(kind.operators)
  let key = pick(kind.keys)
  let values = some(kind.policy, 3)
  if (kind.operators.includes('StringLike') && chance(0.35)) {
    if (chance(0.9)) operator = `${pick(['ForAllValues', 'ForAnyValue'])}:${operator}`
    key = pick(SETS.keys)
    values = some(SETS.policy, 3)
  } else if (operator !== 'Null' && chance(0.1)) {
    operator = `${pick(['ForAllValues', 'ForAnyValue'])}:${operator}`
  }
  if (operator !== 'Null' && chance(0.25)) operator += 'IfExists'
  return [operator, key, values.length === 1 && chance(0.5) ? values[0] : values]
}

const statement = () => {
  const it = { Effect: chance(0.5) ? 'Allow' : 'Deny' }
  const who = pick(['*', { AWS: '*' }, { AWS: ACCOUNT }, { AWS: [USER, ROLE] }, { AWS: ROOT },
    { AWS: SESSION }, { AWS: USER }, { Service: 'logging.s3.amazonaws.com' }])
  if (it.Effect === 'Deny' && chance(0.08)) {
    it.NotPrincipal = pick([{ AWS: [USER, ACCOUNT] }, { AWS: [ACCOUNT] }, { AWS: [USER] },
      { AWS: [ROLE, SESSION, ACCOUNT] }, { AWS: [ROLE, ACCOUNT] }])
  } else {
    it.Principal = chance(0.75) ? '*' : who
  }
  const actions = some(['s3:PutObject', 's3:PutObject', 's3:GetObject', 's3:*', 's3:*', 's3:*', 's3:Get*', 's3:?utObject',
    'S3:putobject', '*', 's3:ListBucket', 's3:DeleteObject*', 'sqs:*'], 2)
  it[chance(0.1) ? 'NotAction' : 'Action'] = actions.length === 1 ? actions[0] : actions
  const resources = some(['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket*',
    '*', '*', '*', 'arn:aws:s3:::*', 'arn:aws:s3:::bucket/a/?.txt', 'arn:aws:s3:::bucket/${aws:username}/*',
    "arn:aws:s3:::bucket/${aws:PrincipalTag/none, 'a'}/*", 'arn:aws:s3:::bucket/${aws:TagKeys}/*',
    'arn:*:s3:::bucket/*', 'arn:aws:s3', 'arn:aws:s3:*', 'arn:aws:s3:::other/*'], 2)
  it[chance(0.1) ? 'NotResource' : 'Resource'] = resources.length === 1 ? resources[0] : resources
  const conditions = chance(0.15) ? 0 : chance(0.75) ? 1 : 2
  for (let n = 0; n < conditions; n++) {
    const [operator, key, values] = condition()
    it.Condition ??= {}
    it.Condition[operator] ??= {}
    it.Condition[operator][key] = values
  }
  return it
}

const policy = () => {
  const statements = Array.from({ length: chance(0.6) ? 1 : 2 + Math.floor(random() * 2) }, statement)
  const it = chance(0.08) ? {} : { Version: '2012-10-17' }
  it.Statement = statements.length === 1 && chance(0.5) ? statements[0] : statements
  return it
}

// A request that a policy's conditions are about: their keys, mostly. Keys of S3 that an action
// does not have are left out, since iam-simulate drops them.
const request = (policy) => {
  const context = {}
  const operation = pick(['PutObject', 'PutObject', 'UploadPart', 'GetObject', 'HeadObject',
    'DeleteObject', 'ListObjectsV2'])
  const isUpload = ['PutObject', 'UploadPart'].includes(operation)
  const set = (key, operator) => {
    if (!isUpload && key.startsWith('s3:') && !['s3:TlsVersion', 's3:signatureAge'].includes(key)) {
      return
    }
    if (SETS.keys.includes(key)) {
      context[key] = pick(SETS.request)
      return
    }
    const kinds = KINDS.filter((it) => it.keys.includes(key))
    const kind = kinds.find((it) => it.operators.some((name) => operator.includes(name))) ?? kinds[0]
    context[key] = pick(kind.request)
  }
  for (const it of [policy.Statement].flat()) {
    for (const [operator, keys] of Object.entries(it.Condition ?? {})) {
      for (const key of Object.keys(keys)) if (chance(0.75)) set(key, operator)
    }
  }
  if (chance(0.3)) {
    const kind = pick(KINDS)
    set(pick(kind.keys), kind.operators[0])
  }
  const principal = pick([USER, USER, ROLE, SESSION, SESSION, ROOT, OTHER, 'anonymous',
    'logging.s3.amazonaws.com'])
  return {
    operation,
    bucket: 'bucket',
    key: pick(['a/b.txt', 'ann/x', 'key']),
    principal,
    'bucket-account': ACCOUNT,
    http: chance(0.2),
    at: '2026-04-01T00:00:00Z',
    context
  }
}

const OURS = {
  allowed: 'Allowed',
  'denied-explicitly': 'ExplicitlyDenied',
  'denied-implicitly': 'ImplicitlyDenied'
}
const THEIRS = { DeniedForAccount: 'ExplicitlyDenied', NotApplicable: 'ImplicitlyDenied' }

const theirs = async (policy, asked) => {
  const result = await runSimulation(
    {
      request: {
        principal: asked.principal === 'anonymous' ? anonymousPrincipal : asked.principal,
        action: asked.action,
        resource: { resource: asked.resource, accountId: ACCOUNT },
        contextVariables: asked.keys
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy
    },
    {}
  )
  if (result.resultType === 'error') return `error: ${JSON.stringify(result.errors).slice(0, 300)}`
  const ignored = result.result.ignoredContextKeys
  if (ignored.length > 0) return `error: it ignores ${ignored}`
  const verdict = result.result.analysis.resourceAnalysis.result
  return THEIRS[verdict] ?? verdict
}

const ours = (policies) => {
  const folder = mkdtempSync(join(tmpdir(), 'judge-policy-'))
  try {
    return policies.map(({ policy, requests }) => {
      const [file, lines] = [join(folder, 'policy.json'), join(folder, 'requests.jsonl')]
      writeFileSync(file, JSON.stringify(policy))
      writeFileSync(lines, requests.map((it) => JSON.stringify(it)).join('\n'))
      const command = ['policy', file, '--requests', lines, '--format', 'json']
      let text
      try {
        text = execFileSync(keystorm, command, { encoding: 'utf8' })
      } catch (error) {
        // Exit code 10: a request is denied.
        if (error.status !== 10) throw error
        text = error.stdout
      }
      return JSON.parse(text).answers.map((answer) => answer.asked[0])
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const statementsOf = (policy) => [policy.Statement].flat()
const conditionsOf = (policy) =>
  statementsOf(policy).flatMap((it) =>
    Object.entries(it.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({
        operator,
        isNegated: operator.includes('Not'),
        key,
        values: [values].flat().map(String)
      }))
    )
  )
// The request's values of a key, an empty list if it does not have it.
const valuesOf = (asked, key) => asked.keys[key.toLowerCase()] ?? []
// Whether a text has a variable for which the request has no single value, and no default; a set
// is none, whatever is in it.
const hasNoValue = (text, asked) =>
  [...text.matchAll(/\$\{([^}*?$,]+)\}/g)].some(
    ([, key]) => SETS.keys.includes(key) || valuesOf(asked, key).length !== 1
  )
const isNumber = (text) => /^-?[0-9]+(\.[0-9]+)?$/.test(text)
const isAddress = (text) => isV4(text) || text.includes(':')
const isV4 = (text) => /^[0-9.]+(\/[0-9]+)?$/.test(text)
const isMalformed = (operator, value) =>
  (operator.includes('Numeric') && !isNumber(value)) ||
  (operator.includes('Date') && !/^[0-9]/.test(value)) ||
  (operator.includes('IpAddress') && !isAddress(value)) ||
  (operator.includes('Arn') && !value.startsWith('arn:'))

// The policy's statements whose principal, action and resource match, as our trace has it: only
// they can make a difference. `element` is the one that the two may see differently.
const narrowed = (policy, asked, element) => ({
  ...policy,
  Statement: statementsOf(policy).filter((_, index) =>
    asked.statements[index].checks.every(
      (it) => it.matches || it.element === 'condition' || it.element === element
    )
  )
})

// Why the two differ, by what must be in policy and request for it, and on what ground we answer
// as we do. Each must occur.
const CATEGORIES = [
  {
    name: 'the root user is named by naming its account; there it is only delegated to',
    ground: 'IAM User Guide, AWS account principals: the ARN of an account ends in :root',
    applies: ({ asked, mine, other }) =>
      asked.principal === ROOT && mine === 'Allowed' && other === 'AllowedForAccount'
  },
  {
    name: 'NotPrincipal spares whom all of whose names are listed; there one is enough',
    element: 'principal',
    ground: 'IAM User Guide, NotPrincipal with Deny; its authors say that they did not test it',
    applies: ({ policy }) => statementsOf(policy).some((it) => it.NotPrincipal)
  },
  {
    name: 'an ARN that ends early is completed; there only with a wildcard in it',
    element: 'resource',
    ground: 'IAM User Guide, Resource: missing parts are wildcards; S3 may refuse such a policy',
    applies: ({ policy }) =>
      statementsOf(policy).some((it) =>
        [it.Resource ?? it.NotResource].flat().some((arn) => arn === 'arn:aws:s3')
      )
  },
  {
    name: 'a variable without value is like nothing, so that what is negated holds',
    element: 'resource',
    ground: 'IAM User Guide, policy variables with no value: inverted operators match',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) => it.isNegated && it.values.some((value) => hasNoValue(value, asked))
      ) ||
      statementsOf(policy).some((it) =>
        [it.NotResource ?? []].flat().some((arn) => hasNoValue(arn, asked))
      )
  },
  {
    name: 'policies of 2008 have no variables; there they do',
    element: 'resource',
    ground: 'IAM User Guide, Version',
    applies: ({ policy }) => !policy.Version && JSON.stringify(policy).includes('${')
  },
  {
    name: '${*} and ${$} are the character for every operator; there only for StringLike',
    ground: 'IAM User Guide, predefined policy variables: in any string',
    applies: ({ policy }) =>
      conditionsOf(policy).some(
        (it) => /String(Not)?Equals/.test(it.operator) && it.values.some((v) => /\$\{[*$]\}/.test(v))
      )
  },
  {
    name: '0.0.0.0/0 is every IPv4 address; there it is none',
    ground: 'RFC 4632',
    applies: ({ policy }) =>
      conditionsOf(policy).some(
        (it) => it.operator.includes('IpAddress') && it.values.includes('0.0.0.0/0')
      )
  },
  {
    name: 'what is no value of its kind is unlike all; there its beginning counts, or all fails',
    ground: 'ours: the negated operator is the complement; AWS does not say',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) =>
          (it.isNegated || it.operator.includes('Numeric')) &&
          valuesOf(asked, it.key).some((v) => isMalformed(it.operator, v))
      )
  },
  {
    name: 'an address is not one of the other family; there it fails what is negated',
    ground: 'ours: the negated operator is the complement; AWS does not say',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) =>
          it.operator.includes('NotIpAddress') &&
          valuesOf(asked, it.key).some((v) => it.values.some((w) => isV4(v) !== isV4(w)))
      )
  },
  {
    name: '1e3 is 1000; there it is 1',
    ground: 'JSON numbers have exponents',
    applies: ({ policy }) =>
      conditionsOf(policy).some((it) => it.operator.includes('Numeric') && it.values.includes('1e3'))
  },
  {
    name: 'seconds since 1970 and dates are one time line; there seconds are milliseconds',
    ground: 'IAM User Guide, date operators: epoch (UNIX) time is in seconds',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) =>
          it.operator.includes('Date') &&
          [...it.values, ...valuesOf(asked, it.key)].some((value) => /^[0-9]+$/.test(value))
      )
  },
  {
    name: 'a set without values is absent for Null; there it is present',
    ground: 'IAM User Guide, Null: false if the key exists and its value is not null',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) => it.operator === 'Null' && asked.keys[it.key.toLowerCase()]?.length === 0
      )
  },
  {
    name: 'a set of one value needs no set operator; there every set does',
    ground: 'ours: a lint says so; AWS only says that several values need one',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) =>
          SETS.keys.includes(it.key) && !it.operator.includes(':') && valuesOf(asked, it.key).length < 2
      )
  },
  {
    name: 'for a set an empty string is nothing; there it is a value',
    ground: 'IAM User Guide, ForAllValues: a null data set, such as an empty string',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) => /^For(All|Any)/.test(it.operator) && valuesOf(asked, it.key).includes('')
      )
  },
  {
    name: 'ForAnyValue with IfExists holds for absent keys; there it does not',
    ground: 'IAM User Guide, ...IfExists: true if the key is not present',
    applies: ({ policy, asked }) =>
      conditionsOf(policy).some(
        (it) => /^ForAny.*IfExists$/.test(it.operator) && valuesOf(asked, it.key).join('') === ''
      )
  }
]

const main = async () => {
  const policies = []
  for (let n = 0; n < policiesMax; n++) {
    const it = policy()
    policies.push({ policy: it, requests: Array.from({ length: requestsPerPolicy }, () => request(it)) })
  }
  const answers = ours(policies)
  const seen = new Map()
  const verdicts = { Allowed: 0, AllowedForAccount: 0, ExplicitlyDenied: 0, ImplicitlyDenied: 0 }
  const unexplained = []
  let pairs = 0
  for (const [index, { policy }] of policies.entries()) {
    for (const asked of answers[index]) {
      pairs++
      let mine = OURS[asked.verdict]
      if (mine === 'Allowed' && asked['is-delegated']) mine = 'AllowedForAccount'
      if (flags.includes('--faults') && pairs % 50 === 0) {
        mine = mine === 'Allowed' ? 'ExplicitlyDenied' : 'Allowed'
      }
      const other = await theirs(policy, asked)
      verdicts[mine]++
      if (mine === other) continue
      const category = CATEGORIES.find((it) =>
        it.applies({ policy: narrowed(policy, asked, it.element), asked, mine, other })
      )
      if (category && !other.startsWith('error')) {
        seen.set(category.name, (seen.get(category.name) ?? 0) + 1)
      } else {
        unexplained.push({ mine, other, policy, asked })
      }
    }
  }
  const explained = [...seen.values()].reduce((sum, it) => sum + it, 0)
  if (flags.includes('--faults')) {
    if (unexplained.length < pairs / 100) throw new Error('turned answers were not noticed')
    console.log(`step-note: ${unexplained.length} turned answers noticed`)
    return
  }
  for (const [name, count] of seen) console.log(`${count} differences: ${name}`)
  for (const it of unexplained.slice(0, flags.includes('--verbose') ? 1000 : 5)) {
    console.log(`unexplained: keystorm ${it.mine}, iam-simulate ${it.other}`)
    console.log(`  ${JSON.stringify(it.policy)}`)
    const { action, resource, principal, keys } = it.asked
    console.log(`  ${JSON.stringify({ action, resource, principal, keys })}`)
  }
  // Pairs that say nothing would agree, too.
  const operators = new Set(policies.flatMap(({ policy }) => conditionsOf(policy)).map((it) => it.operator))
  const missing = KINDS.flatMap((it) => it.operators).filter((it) => !operators.has(it))
  const rare = Object.entries(verdicts).filter(([, count]) => count < pairs / 1000)
  if (missing.length + rare.length > 0) {
    throw new Error(`too little is covered: ${[...missing, ...rare].join(', ')}`)
  }
  console.log(`verdicts: ${JSON.stringify(verdicts)}; ${operators.size} forms of operators`)
  const stale = CATEGORIES.filter((it) => !seen.has(it.name)).map((it) => it.name)
  if (stale.length > 0) console.log(`categories that explain nothing: ${stale.join('; ')}`)
  console.log(
    `step-note: ${pairs} pairs, ${pairs - explained - unexplained.length} agree, ${explained} ` +
      `differences in ${seen.size} explained categories, ${unexplained.length} unexplained`
  )
  if (unexplained.length > 0 || stale.length > 0 || pairs < 2000) process.exitCode = 1
}
await main()
