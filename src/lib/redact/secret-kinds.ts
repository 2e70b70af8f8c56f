/**
 * What a secret looks like, as data. One entry a form; several entries may share a kind.
 *
 * - `literals`: at least one of them is in every line that the pattern can match (ASCII, case does not matter): the cheap sieve.
 * - `pattern`: RE2 syntax. Group 1, where there is one, is the part to take out; else the whole match is.
 * - `example`: a line that the pattern must change; a test reads it. `<a36>` stands for 36 letters and digits, `<h32>` for hex,
 *   `<d10>` for digits, `<u16>` for capitals and digits, `<s20>` for base64 letters, so that no file here holds a string of real shape.
 *
 * The forms are those that the issuers document (prefix and length). Order matters: an earlier form wins where two overlap,
 * so a token with a name of its own stands before the general forms at the end.
 * What a line assigns to a name such as `password` is found by assigned-secret.ts.
 */
export interface SecretKind {
  kind: string;
  literals: readonly string[];
  pattern: string;
  /** What matches and is no secret, all the same. */
  except?: string;
  example: string;
}

/** `SK` or `AC` alone is in too many words; with the first hex digit it is rare. */
const TWILIO_STARTS = ['sk', 'ac'].flatMap((start) => [...'0123456789abcdef'].map((digit) => start + digit));

export const secretKinds: readonly SecretKind[] = [
  // --- keys in PEM and similar armour; a key over many lines is handled by the redactor itself
  {
    kind: 'private_key',
    literals: ['private key'],
    pattern:
      '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:.*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|.*)',
    example: 'private_key: -----BEGIN RSA PRIVATE KEY-----\\n<s60>\\n-----END RSA PRIVATE KEY-----',
  },
  {
    kind: 'private_key',
    literals: ['age-secret-key-'],
    pattern: 'AGE-SECRET-KEY-1[0-9A-Z]{58}',
    example: 'identity AGE-SECRET-KEY-1<u58>',
  },
  {
    kind: 'private_key',
    literals: ['putty'],
    pattern: 'PuTTY-User-Key-File-\\d:.*',
    example: 'PuTTY-User-Key-File-3: ssh-ed25519 <s40>',
  },
  {
    kind: 'private_key',
    literals: ['client-key-data', 'client-certificate-data'],
    pattern: '(?:client-key-data|client-certificate-data):\\s*([A-Za-z0-9+/=]{16,})',
    example: '    client-key-data: <s80>',
  },

  // --- Amazon
  {
    kind: 'aws_access_key_id',
    literals: ['akia', 'asia', 'abia', 'acca', 'agpa', 'aida', 'aroa', 'aipa', 'anpa', 'anva'],
    pattern: '\\b((?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16})\\b',
    example: 'The AWS Access Key Id AKIA<u16> does not exist in our records',
  },
  {
    kind: 'aws_secret_access_key',
    literals: ['aws'],
    pattern: '(?i)aws.{0,30}?(?:secret|sk|key).{0,20}?(?:=>|=|:|\\s)\\s*["\']?([A-Za-z0-9/+]{40})(?:["\'\\s,;&]|$)',
    example: 'aws_secret_access_key = <s40>',
  },
  {
    kind: 'aws_secret_access_key',
    literals: ['s3a.secret', 's3.secret', 's3n.secret', 's3a.session'],
    pattern:
      '(?i)fs\\.s3[an]?\\.(?:secret\\.key|session\\.token|awsSecretAccessKey)["\']?\\s*(?:=>|=|:|,|\\s)\\s*["\']?([A-Za-z0-9/+=]{16,})',
    example: 'spark.hadoop.fs.s3a.secret.key=<s40>',
  },
  {
    kind: 'aws_session_token',
    literals: ['session', 'security-token'],
    pattern:
      '(?i)(?:aws[_-]?session[_-]?token|x-amz-security-token)["\']?\\s*(?:=>|=|:|\\s)\\s*["\']?([A-Za-z0-9/+=%]{40,})',
    example: 'AWS_SESSION_TOKEN=<s120>',
  },
  {
    kind: 'aws_signature',
    literals: ['x-amz-signature', 'x-amz-credential'],
    pattern: '(?i)x-amz-(?:signature|credential)=([A-Za-z0-9%/_.-]{16,})',
    example: 'GET /b/k?X-Amz-Signature=<h64>',
  },
  {
    kind: 'aws_signature',
    literals: ['signature='],
    pattern: '(?i)[?&, ]signature=([A-Za-z0-9%/+=_-]{20,})',
    example: 'https://b.s3.example/k?Expires=1&Signature=<a28>',
  },
  { kind: 'aws_appsync_key', literals: ['da2-'], pattern: '\\b(da2-[a-z0-9]{26})\\b', example: 'x-api-key da2-<h26>' },
  {
    kind: 'aws_bedrock_key',
    literals: ['absk'],
    pattern: '\\b(ABSK[A-Za-z0-9+/]{109,269}={0,2})',
    example: 'key ABSK<a120>',
  },
  {
    kind: 'aws_bedrock_key',
    literals: ['bedrock-api-key-'],
    pattern: '\\b(bedrock-api-key-[\\w+/=-]{20,})',
    example: 'could not sign in with bedrock-api-key-<s120>',
  },

  // --- Google
  {
    kind: 'gcp_api_key',
    literals: ['aiza'],
    pattern: '\\b(AIza[\\w-]{35})',
    example: 'https://maps.example/api?x=AIza<a35>',
  },
  { kind: 'gcp_oauth_token', literals: ['ya29.'], pattern: '\\b(ya29\\.[\\w-]{20,})', example: 'token ya29.<a60>' },
  {
    kind: 'gcp_oauth_secret',
    literals: ['gocspx-'],
    pattern: '\\b(GOCSPX-[\\w-]{28})',
    example: 'client GOCSPX-<a28>',
  },
  {
    kind: 'gcp_refresh_token',
    literals: ['1//0'],
    pattern: '(?:^|[^\\w/])(1//0[\\w-]{30,})',
    example: 'refresh 1//0<a40>',
  },
  {
    kind: 'gcp_service_account',
    literals: ['private_key_id'],
    pattern: 'private_key_id\\\\{0,3}"?\\s*:\\s*\\\\{0,3}"?([0-9a-f]{40})',
    example: '"private_key_id": "<h40>"',
  },
  {
    kind: 'gcp_hmac_key',
    literals: ['goog1e', 'googts'],
    pattern: '\\b(GOOG(?:1E|TS)[A-Z0-9]{18,57})\\b',
    example: 'no such access id GOOG1E<u55>',
  },

  // --- Microsoft
  {
    kind: 'azure_storage_key',
    literals: ['accountkey='],
    pattern: '(?i)AccountKey=([A-Za-z0-9+/=]{16,})',
    example: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=<s86>==;EndpointSuffix=core.windows.net',
  },
  {
    kind: 'azure_storage_key',
    literals: ['account.key', 'account_key'],
    pattern: '(?i)account[._]key[\\w.-]*["\']?\\s*(?:=>|=|:|,|\\s)\\s*["\']?([A-Za-z0-9+/]{40,}={0,2})',
    example: 'fs.azure.account.key.lake.dfs.core.windows.net=<s86>==',
  },
  {
    kind: 'azure_shared_access_key',
    literals: ['sharedaccesskey', 'sharedsecretvalue'],
    pattern: '(?i)Shared(?:Access(?:Key|Signature)|SecretValue)=([^\\s;"\']{16,})',
    example: 'Endpoint=sb://x.servicebus.example/;SharedAccessKeyName=r;SharedAccessKey=<s43>=',
  },
  {
    kind: 'azure_sas',
    literals: ['sig='],
    pattern: '(?i)[?&;]sig=([A-Za-z0-9%/+=_-]{16,})',
    example: 'https://a.blob.example/c/f?sv=2022-11-02&sp=r&sig=<a43>%3D',
  },
  {
    kind: 'azure_client_secret',
    literals: ['q~'],
    pattern: '(?:^|[^\\w~.-])([\\w~.-]{3}\\dQ~[\\w~.-]{31,34})',
    example: 'secret value Ab18Q~<a34> of the app',
  },
  {
    kind: 'azure_devops_pat',
    literals: ['azdo'],
    pattern: '\\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\\b',
    example: 'pat <a76>AZDO<a4>',
  },
  {
    kind: 'azure_function_key',
    literals: ['code='],
    pattern: '(?i)azurewebsites\\.net/\\S*[?&]code=([\\w%/+=-]{20,})',
    example: 'https://f.azurewebsites.net/api/h?code=<a54>',
  },

  // --- code hosts and package registries
  {
    kind: 'github_token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: '\\b(gh[pousr]_[A-Za-z0-9]{36,255})',
    example: 'fatal: could not read from ghp_<a36>',
  },
  {
    kind: 'github_token',
    literals: ['github_pat_'],
    pattern: '\\b(github_pat_\\w{50,255})',
    example: 'using github_pat_<a82>',
  },
  {
    kind: 'gitlab_token',
    literals: [
      'glpat-',
      'gldt-',
      'glrt-',
      'glcbt-',
      'glptt-',
      'glft-',
      'glsoat-',
      'glagent-',
      'gloas-',
      'glimt-',
      'glffct-',
      'glrtr-',
      'glwt-',
    ],
    pattern: '\\b(gl(?:pat|dt|rtr?|cbt|ptt|ft|soat|agent|oas|imt|ffct|wt)-[\\w.-]{18,})',
    example: 'remote: denied for glpat-<a20>',
  },
  {
    kind: 'gitlab_token',
    literals: ['gr1348941', '_gitlab_session='],
    pattern: '(?:\\b|_)(GR1348941[\\w-]{20}|gitlab_session=[0-9a-z]{32})',
    example: 'runner registered with GR1348941<a20>',
  },
  {
    kind: 'bitbucket_token',
    literals: ['atbb', 'atctt3'],
    pattern: '\\b(ATBB[A-Za-z0-9]{24,}|ATCTT3[\\w=-]{60,})',
    example: 'app password ATBB<a32>',
  },
  {
    kind: 'npm_token',
    literals: ['npm_', '_authtoken'],
    pattern: '\\b(npm_[A-Za-z0-9]{36})\\b',
    example: 'npm ERR! npm_<a36>',
  },
  {
    kind: 'npm_token',
    literals: ['_authtoken', '_auth', '_password'],
    pattern: '(?i)_(?:authToken|auth|password)\\s*=\\s*["\']?([^\\s"\']{8,})',
    example: '//registry.example/:_authToken=<h36>',
  },
  {
    kind: 'pypi_token',
    literals: ['pypi-age'],
    pattern: '\\b(pypi-AgE[\\w-]{50,})',
    example: 'upload with pypi-AgEIcHlwaS5vcmc<a80>',
  },
  {
    kind: 'rubygems_token',
    literals: ['rubygems_'],
    pattern: '\\b(rubygems_[a-f0-9]{48})\\b',
    example: 'key rubygems_<h48>',
  },
  {
    kind: 'docker_token',
    literals: ['dckr_pat_', 'dckr_oat_'],
    pattern: '\\b(dckr_[po]at_[\\w-]{20,})',
    example: 'docker login -p dckr_pat_<a27>',
  },
  {
    kind: 'docker_token',
    literals: ['"auth"', 'auth\\'],
    pattern: '"auth\\\\{0,3}"\\s*:\\s*\\\\{0,3}"([A-Za-z0-9+/=]{8,})\\\\{0,3}"',
    example: '{"auths":{"r.example":{"auth": "<s40>"}}}',
  },
  {
    kind: 'artifactory_token',
    literals: ['akcp', 'cmvmd'],
    pattern: '\\b(AKCp[A-Za-z0-9]{69,}|cmVmd[A-Za-z0-9]{59,})',
    example: 'jfrog AKCp<a69>',
  },

  // --- talk and tickets
  {
    kind: 'slack_token',
    literals: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xoxo-', 'xoxc-', 'xoxd-'],
    pattern: '\\b(xox[a-z](?:\\.xox[a-z])?[-.][\\w%./+-]{10,})',
    example: 'invalid_auth for xoxb-<d11>-<d12>-<a24>',
  },
  {
    kind: 'slack_token',
    literals: ['xapp-'],
    pattern: '(?i)\\b(xapp-\\d-[a-z0-9-]{20,})',
    example: 'socket mode xapp-1-A<u10>-<d13>-<h64>',
  },
  { kind: 'slack_token', literals: ['xwfp-'], pattern: '\\b(xwfp-[\\w-]{20,})', example: 'workflow xwfp-<d12>-<a40>' },
  {
    kind: 'slack_webhook',
    literals: ['hooks.slack.com'],
    pattern: '(hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/+-]{20,})',
    example: 'POST https://hooks.slack.com/services/T<u8>/B<u8>/<a24> 404',
  },
  {
    kind: 'teams_webhook',
    literals: ['webhook.office.com'],
    pattern: '(webhook\\.office\\.com/webhookb2/[\\w@/-]{40,})',
    example: 'https://x.webhook.office.com/webhookb2/<h36>@<h36>/IncomingWebhook/<h32>/<h36>',
  },
  {
    kind: 'discord_webhook',
    literals: ['discord.com/api/webhooks', 'discordapp.com/api/webhooks'],
    pattern: '(discord(?:app)?\\.com/api/webhooks/\\d+/[\\w-]{20,})',
    example: 'https://discord.com/api/webhooks/<d18>/<a68>',
  },
  {
    kind: 'discord_token',
    literals: ['discord', 'bot'],
    pattern: '\\b([MNO][A-Za-z\\d_-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,38})\\b',
    example: 'bot M<a23>.<a6>.<a27>',
  },
  {
    kind: 'telegram_token',
    literals: [':aa'],
    pattern: '(?:^|[^\\d])(\\d{8,10}:AA[\\w-]{32,33})',
    example: 'https://api.telegram.example/bot<d9>:AA<a33>/getMe',
  },
  { kind: 'atlassian_token', literals: ['atatt3'], pattern: '\\b(ATATT3[\\w=-]{60,})', example: 'jira ATATT3<a180>' },
  { kind: 'linear_token', literals: ['lin_api_'], pattern: '\\b(lin_api_[A-Za-z0-9]{32,})', example: 'lin_api_<a40>' },
  {
    kind: 'notion_token',
    literals: ['ntn_', 'secret_'],
    pattern: '\\b(ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})\\b',
    example: 'notion ntn_<a46>',
  },
  {
    kind: 'pagerduty_key',
    literals: ['pagerduty', 'routing_key', 'token token='],
    pattern: '(?i)(?:pagerduty\\S{0,20}|routing[_-]?key|token)["\']?\\s*(?:=|:)\\s*["\']?([a-z0-9+_-]{20,32})\\b',
    example: 'Authorization: Token token=<a20>',
  },
  {
    kind: 'opsgenie_key',
    literals: ['geniekey'],
    pattern: '(?i)GenieKey\\s+([\\w-]{20,})',
    example: 'Authorization: GenieKey <h36>',
  },

  // --- money, mail, phones
  {
    kind: 'stripe_key',
    literals: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_prod_', 'rk_prod_'],
    pattern: '\\b([sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,})',
    example: 'No such charge; sk_live_<a24>',
  },
  { kind: 'stripe_key', literals: ['whsec_'], pattern: '\\b(whsec_[A-Za-z0-9+/=]{20,})', example: 'whsec_<a32>' },
  {
    kind: 'square_token',
    literals: ['sq0', 'eaaa'],
    pattern: '\\b(sq0[a-z]{3}-[\\w-]{22,43}|EAAA[\\w-]{60})',
    example: 'square sq0atp-<a22>',
  },
  {
    kind: 'braintree_token',
    literals: ['access_token$'],
    pattern: '(access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32})',
    example: 'access_token$production$<h16>$<h32>',
  },
  {
    kind: 'shopify_token',
    literals: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: '\\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})',
    example: 'shop shpat_<h32>',
  },
  {
    kind: 'sendgrid_key',
    literals: ['sg.'],
    pattern: '\\b(SG\\.[\\w-]{16,32}\\.[\\w-]{16,64})',
    example: 'sendgrid SG.<a22>.<a43>',
  },
  {
    kind: 'mailgun_key',
    literals: ['key-', 'pubkey-'],
    pattern: '\\b((?:pub)?key-[a-f0-9]{32})\\b',
    example: 'mailgun key-<h32>',
  },
  {
    kind: 'mailchimp_key',
    literals: ['-us'],
    pattern: '\\b([0-9a-f]{32}-us\\d{1,2})\\b',
    example: 'mailchimp <h32>-us12',
  },
  {
    kind: 'brevo_key',
    literals: ['xkeysib-'],
    pattern: '\\b(xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16})',
    example: 'brevo xkeysib-<h64>-<a16>',
  },
  {
    kind: 'twilio_key',
    literals: TWILIO_STARTS,
    pattern: '\\b((?:SK|AC)[0-9a-fA-F]{32})\\b',
    example: 'twilio SK<h32>',
  },
  {
    kind: 'plaid_token',
    literals: ['access-sandbox-', 'access-production-', 'access-development-'],
    pattern: '\\b(access-(?:sandbox|development|production)-[0-9a-f-]{36})',
    example: 'plaid access-production-<h36>',
  },

  // --- data platforms and clouds
  {
    kind: 'databricks_token',
    literals: ['dapi', 'dose', 'dkea'],
    pattern: '\\b((?:dapi|dose|dkea)[a-f0-9]{32}(?:-\\d)?)\\b',
    example: 'Invalid access token dapi<h32>-2',
  },
  {
    kind: 'snowflake_token',
    literals: ['snowflake token='],
    pattern: '(?i)Snowflake Token="([^"]+)"',
    example: 'Authorization: Snowflake Token="<s80>"',
  },
  {
    kind: 'dbt_token',
    literals: ['dbtc_', 'dbts_', 'dbtu_'],
    pattern: '\\b(dbt[csu]_[\\w=+/-]{20,})',
    example: 'dbt Cloud dbtc_<a40>',
  },
  {
    kind: 'prefect_key',
    literals: ['pnu_', 'pnb_'],
    pattern: '\\b(pn[ub]_[A-Za-z0-9]{36})\\b',
    example: 'prefect cloud login -k pnu_<a36>',
  },
  {
    kind: 'dagster_token',
    literals: ['agent:', 'user:'],
    pattern: '\\b((?:agent|user):[a-z0-9-]{1,60}:[0-9a-f]{32})\\b',
    example: 'Dagster-Cloud-Api-Token agent:acme:<h32>',
  },
  { kind: 'confluent_key', literals: ['cflt'], pattern: '\\b(cflt[A-Za-z0-9+/]{60})', example: 'cflt<s60>' },
  {
    kind: 'posit_connect_key',
    literals: ['--api-key', 'authorization: key', '-k '],
    pattern: '(?i)(?:--api-key[= ]|Authorization["\']?\\s*[:=]\\s*["\']?Key\\s+)["\']?([A-Za-z0-9]{16,})',
    example: 'rsconnect deploy --api-key <a32> app',
  },
  {
    kind: 'shinyapps_token',
    literals: ['setaccountinfo'],
    pattern: '(?i)secret\\s*=\\s*[\'"]([^\'"]{8,})',
    example: "rsconnect::setAccountInfo(name='x', token='<h32>', secret='<s40>')",
  },
  {
    kind: 'digitalocean_token',
    literals: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: '\\b(do[opr]_v1_[a-f0-9]{64})\\b',
    example: 'dop_v1_<h64>',
  },
  { kind: 'heroku_key', literals: ['hrku-'], pattern: '\\b(HRKU-[\\w-]{36,})', example: 'heroku HRKU-<a60>' },
  {
    kind: 'terraform_token',
    literals: ['.atlasv1.'],
    pattern: '\\b([A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,70})',
    example: 'tf <a14>.atlasv1.<a64>',
  },
  {
    kind: 'vault_token',
    literals: ['hvs.', 'hvb.', 'hvr.'],
    pattern: '\\b(hv[sbr]\\.[\\w-]{20,})',
    example: 'vault hvs.<a90>',
  },
  { kind: 'pulumi_token', literals: ['pul-'], pattern: '\\b(pul-[a-f0-9]{40})\\b', example: 'pul-<h40>' },
  {
    kind: 'doppler_token',
    literals: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    pattern: '\\b(dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,})',
    example: 'dp.st.prd.<a43>',
  },
  {
    kind: 'planetscale_token',
    literals: ['pscale_'],
    pattern: '\\b(pscale_(?:tkn|pw|oauth)_[\\w=.-]{32,64})',
    example: 'pscale_pw_<a43>',
  },
  {
    kind: 'supabase_key',
    literals: ['sbp_', 'sb_secret_'],
    pattern: '\\b(sbp_[a-f0-9]{40}|sb_secret_[\\w-]{20,})',
    example: 'sbp_<h40>',
  },
  { kind: 'alibaba_key', literals: ['ltai'], pattern: '\\b(LTAI[A-Za-z0-9]{16,24})\\b', example: 'aliyun LTAI<a20>' },
  { kind: 'tencent_key', literals: ['akid'], pattern: '\\b(AKID[A-Za-z0-9]{32})\\b', example: 'tencent AKID<a32>' },
  {
    kind: 'yandex_key',
    literals: ['aqvn', 't1.', 'ycaj'],
    pattern: '\\b(AQVN[\\w-]{35,38}|t1\\.[A-Z0-9a-z_-]+={0,2}\\.[A-Za-z0-9_-]{86}={0,2}|YCAJ[\\w-]{21,})',
    example: 'yandex AQVN<a36>',
  },
  {
    kind: 'cloudflare_key',
    literals: ['v1.0-'],
    pattern: '\\b(v1\\.0-[a-f0-9]{24}-[a-f0-9]{146})',
    example: 'origin v1.0-<h24>-<h146>',
  },

  // --- observation and machine learning
  {
    kind: 'newrelic_key',
    literals: ['nrak-', 'nrjs-', 'nrii-', 'nrra-', 'ffffnral'],
    pattern: '\\b(NR(?:AK|JS|II|RA)-[A-Za-z0-9_-]{19,}|[a-f0-9]{32}FFFFNRAL)',
    example: 'newrelic NRAK-<u27>',
  },
  {
    kind: 'grafana_token',
    literals: ['glsa_', 'glc_'],
    pattern: '\\b(glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}|glc_[A-Za-z0-9+/=]{32,})',
    example: 'grafana glsa_<a32>_<h8>',
  },
  {
    kind: 'sentry_token',
    literals: ['sntrys_', 'sntryu_'],
    pattern: '\\b(sntry[su]_[\\w+/=-]{40,})',
    example: 'sentry sntrys_<a100>',
  },
  {
    kind: 'sentry_dsn',
    literals: ['ingest'],
    pattern: '://([0-9a-f]{32}(?::[0-9a-f]{32})?)@[\\w.-]*ingest',
    example: 'dsn https://<h32>@o1.ingest.sentry.example/2',
  },
  {
    kind: 'dynatrace_token',
    literals: ['dt0c01.', 'dt0s'],
    pattern: '\\b(dt0[cs]\\d{2}\\.[A-Za-z0-9]{8,24}\\.[A-Za-z0-9]{32,64})',
    example: 'dt0c01.<u24>.<u64>',
  },
  { kind: 'anthropic_key', literals: ['sk-ant-'], pattern: '\\b(sk-ant-[\\w-]{20,})', example: 'sk-ant-api03-<a95>' },
  {
    kind: 'openai_key',
    literals: ['sk-'],
    pattern: '\\b(sk-(?:proj-|svcacct-|admin-|or-v1-)?[\\w-]{20,})',
    example: 'Incorrect API key provided: sk-proj-<a48>',
  },
  {
    kind: 'huggingface_token',
    literals: ['hf_', 'api_org_'],
    pattern: '\\b(hf_[A-Za-z0-9]{30,}|api_org_[A-Za-z0-9]{34})',
    example: 'hub hf_<a34>',
  },
  { kind: 'perplexity_key', literals: ['pplx-'], pattern: '\\b(pplx-[A-Za-z0-9]{40,})', example: 'pplx-<a48>' },
  { kind: 'groq_key', literals: ['gsk_'], pattern: '\\b(gsk_[A-Za-z0-9]{40,})', example: 'gsk_<a52>' },
  { kind: 'replicate_token', literals: ['r8_'], pattern: '\\b(r8_[A-Za-z0-9]{37,})', example: 'r8_<a37>' },
  {
    kind: 'wandb_key',
    literals: ['wandb'],
    pattern: '(?i)wandb.{0,30}?[\\s=:]+["\']?([a-f0-9]{40})\\b',
    example: 'wandb: login <h40>',
  },
  {
    kind: 'elastic_key',
    literals: ['apikey '],
    pattern: '(?i)\\bApiKey\\s+([A-Za-z0-9+/=_-]{20,})',
    example: 'Authorization: ApiKey <s60>',
  },

  // --- other products
  {
    kind: 'airtable_token',
    literals: ['pat'],
    pattern: '\\b(pat[A-Za-z0-9]{14}\\.[a-f0-9]{64})\\b',
    example: 'airtable pat<a14>.<h64>',
  },
  {
    kind: 'postman_key',
    literals: ['pmak-'],
    pattern: '\\b(PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34})',
    example: 'PMAK-<h24>-<h34>',
  },
  {
    kind: 'mapbox_token',
    literals: ['sk.eyj', 'pk.eyj'],
    pattern: '\\b([sp]k\\.eyJ[\\w-]{20,}\\.[\\w-]{10,})',
    example: 'sk.eyJ<a60>.<a22>',
  },
  {
    kind: 'okta_token',
    literals: ['ssws '],
    pattern: '\\bSSWS\\s+([\\w-]{30,})',
    example: 'Authorization: SSWS 00<a40>',
  },
  {
    kind: 'asana_token',
    literals: ['1/', '2/'],
    pattern: '(?:^|[^\\w/.])([012]/\\d{12,}(?:/\\d{12,})?:[0-9a-f]{32})',
    example: 'asana 1/<d16>:<h32>',
  },
  {
    kind: 'hubspot_token',
    literals: ['pat-na', 'pat-eu', 'pat-ap'],
    pattern: '\\b(pat-(?:na|eu|ap)\\d-[0-9a-f-]{36})',
    example: 'pat-na1-<h36>',
  },
  { kind: 'figma_token', literals: ['figd_'], pattern: '\\b(figd_[\\w-]{30,})', example: 'figd_<a40>' },
  { kind: 'contentful_token', literals: ['cfpat-'], pattern: '\\b(CFPAT-[\\w-]{43})', example: 'CFPAT-<a43>' },
  { kind: 'typeform_token', literals: ['tfp_'], pattern: '\\b(tfp_[\\w.-]{40,})', example: 'tfp_<a44>' },
  { kind: 'facebook_token', literals: ['eaa'], pattern: '\\b(EAA[A-Za-z0-9]{80,})', example: 'graph EAA<a120>' },
  {
    kind: 'tableau_token',
    literals: ['personalaccesstokensecret'],
    pattern: '(?i)personalAccessTokenSecret["\']?\\s*[:=]\\s*["\']?([\\w+/=:-]{16,})',
    example: '"personalAccessTokenSecret": "<s22>:<a32>"',
  },
  { kind: 'onepassword_token', literals: ['ops_ey'], pattern: '\\b(ops_ey[\\w+/=-]{60,})', example: 'ops_ey<a200>' },

  // --- further issuers, by their prefix
  {
    kind: 'sonar_token',
    literals: ['sqp_', 'squ_', 'sqa_'],
    pattern: '\\b(sq[apu]_[a-f0-9]{40})',
    example: 'squ_<h40>',
  },
  { kind: 'circleci_token', literals: ['ccipat_'], pattern: '\\b(CCIPAT_[\\w-]{30,})', example: 'CCIPAT_<a22>_<h40>' },
  { kind: 'netlify_token', literals: ['nfp_'], pattern: '\\b(nfp_[A-Za-z0-9]{36,})', example: 'nfp_<a36>' },
  { kind: 'render_key', literals: ['rnd_'], pattern: '\\b(rnd_[A-Za-z0-9]{28,})', example: 'rnd_<a32>' },
  {
    kind: 'fly_token',
    literals: ['fo1_', 'fm1', 'fm2_'],
    pattern: '\\b((?:fo1_|fm1[ra]_|fm2_)[\\w+/=-]{40,})',
    example: 'FlyV1 fm2_<s100>',
  },
  {
    kind: 'buildkite_token',
    literals: ['bkua_', 'bkat_', 'bkct_'],
    pattern: '\\b((?:bk(?:ua|at|ct)_)[a-z0-9]{40,})',
    example: 'bkua_<h40>',
  },
  {
    kind: 'honeycomb_key',
    literals: ['hcaik_', 'hcxik_', 'hcbik_', 'hcaic_', 'hcxlk_'],
    pattern: '\\b(hc[ax][a-z]{2,3}_[a-z0-9]{50,})',
    example: 'hcaik_<h58>',
  },
  {
    kind: 'grafana_token',
    literals: ['eyjrijoi'],
    pattern: '\\b(eyJrIjoi[\\w+/=-]{40,})',
    example: 'grafana eyJrIjoi<s80>',
  },
  {
    kind: 'octopus_key',
    literals: ['api-'],
    pattern: '\\b(API-[A-Z0-9]{26})\\b',
    example: 'octo deploy with API-<u26>',
  },
  {
    kind: 'openshift_token',
    literals: ['sha256~'],
    pattern: '\\b(sha256~[\\w-]{43})',
    example: 'oc login with sha256~<a43>',
  },
  {
    kind: 'onepassword_token',
    literals: ['a3-'],
    pattern: '\\b(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})\\b',
    example: 'vault A3-<u6>-<u6>-<u5>-<u5>-<u5>-<u5>',
  },
  {
    kind: 'clickhouse_key',
    literals: ['4b1d'],
    pattern: '\\b(4b1d[A-Za-z0-9]{38})\\b',
    example: 'clickhouse 4b1d<a38>',
  },
  { kind: 'tavily_key', literals: ['tvly-'], pattern: '\\b(tvly-[\\w-]{24,})', example: 'tvly-dev-<a32>' },
  { kind: 'scalingo_token', literals: ['tk-us-'], pattern: '\\b(tk-us-[\\w-]{48})', example: 'tk-us-<a48>' },
  {
    kind: 'settlemint_token',
    literals: ['sm_aat_', 'sm_pat_', 'sm_sat_'],
    pattern: '\\b(sm_[aps]at_[A-Za-z0-9]{16,})',
    example: 'sm_pat_<a16>',
  },
  {
    kind: 'maxmind_key',
    literals: ['_mmk'],
    pattern: '\\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\\b',
    example: 'geo data with <a6>_<a29>_mmk',
  },
  {
    kind: 'mailgun_key',
    literals: ['mailgun'],
    pattern: '(?i)mailgun.{0,40}?\\b([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\\b',
    example: 'mailgun signs with <h32>-<h8>-<h8>',
  },
  {
    kind: 'launchdarkly_key',
    literals: ['sdk-', 'api-', 'mob-'],
    pattern: '\\b((?:(?:sdk|api|mob)-)[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})',
    example: 'sdk-<h8>-<h4>-4<h3>-<h4>-<h12>',
  },
  {
    kind: 'langsmith_key',
    literals: ['lsv2_'],
    pattern: '\\b((?:lsv2_(?:pt|sk)_)[\\w-]{30,})',
    example: 'lsv2_pt_<h32>_<h10>',
  },
  { kind: 'pinecone_key', literals: ['pcsk_'], pattern: '\\b(pcsk_[\\w-]{40,})', example: 'pcsk_<a60>' },
  { kind: 'neon_key', literals: ['napi_'], pattern: '\\b(napi_[a-z0-9]{40,})', example: 'napi_<h64>' },
  { kind: 'tailscale_key', literals: ['tskey-'], pattern: '\\b(tskey-[\\w-]{20,})', example: 'tskey-auth-<a17>-<a32>' },
  { kind: 'nuget_key', literals: ['oy2'], pattern: '\\b(oy2[a-z0-9]{43})', example: 'nuget oy2<h43>' },
  { kind: 'clojars_token', literals: ['clojars_'], pattern: '\\b(CLOJARS_[a-z0-9]{60})', example: 'CLOJARS_<h60>' },
  {
    kind: 'shippo_token',
    literals: ['shippo_'],
    pattern: '\\b((?:shippo_(?:live|test)_)[a-fA-F0-9]{40})',
    example: 'shippo_live_<h40>',
  },
  { kind: 'easypost_token', literals: ['ezak', 'eztk'], pattern: '\\b(EZ[AT]K[A-Za-z0-9]{54})', example: 'EZAK<a54>' },
  {
    kind: 'flutterwave_key',
    literals: ['flwseck'],
    pattern: '\\b(FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?)',
    example: 'FLWSECK_TEST-<h32>-X',
  },
  {
    kind: 'razorpay_key',
    literals: ['rzp_live_', 'rzp_test_'],
    pattern: '\\b((?:rzp_(?:live|test)_)[A-Za-z0-9]{14,})',
    example: 'rzp_live_<a14>',
  },
  {
    kind: 'duffel_token',
    literals: ['duffel_'],
    pattern: '\\b((?:duffel_(?:live|test)_)[\\w=-]{43})',
    example: 'duffel_live_<a43>',
  },
  { kind: 'frameio_token', literals: ['fio-u-'], pattern: '\\b(fio-u-[\\w=-]{60,})', example: 'fio-u-<a64>' },
  {
    kind: 'harness_token',
    literals: ['pat.', 'sat.'],
    pattern: '\\b([ps]at\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20})',
    example: 'pat.<a22>.<h24>.<a20>',
  },
  { kind: 'infracost_key', literals: ['ico-'], pattern: '\\b(ico-[A-Za-z0-9]{32})', example: 'ico-<a32>' },
  { kind: 'readme_key', literals: ['rdme_'], pattern: '\\b(rdme_[a-z0-9]{70,})', example: 'rdme_<h70>' },
  { kind: 'sourcegraph_token', literals: ['sgp_'], pattern: '\\b(sgp_[\\w-]{40,})', example: 'sgp_<h16>_<h40>' },
  { kind: 'dropbox_token', literals: ['sl.'], pattern: '\\b(sl\\.[\\w-]{100,})', example: 'dropbox sl.<a136>' },
  {
    kind: 'twitter_token',
    literals: ['aaaaaaaaaaaaaaaaaaaa'],
    pattern: '\\b(AAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{40,})',
    example: 'bearer AAAAAAAAAAAAAAAAAAAAAA<a60>',
  },
  { kind: 'xai_key', literals: ['xai-'], pattern: '\\b(xai-[A-Za-z0-9]{60,})', example: 'xai-<a80>' },
  { kind: 'cohere_key', literals: ['co_'], pattern: '\\b(co_[A-Za-z0-9]{38,})', example: 'co_<a40>' },
  { kind: 'nvidia_key', literals: ['nvapi-'], pattern: '\\b(nvapi-[\\w-]{40,})', example: 'nvapi-<a64>' },
  {
    kind: 'gcp_signature',
    literals: ['x-goog-signature='],
    pattern: '(?i)(?:[Xx]-[Gg]oog-[Ss]ignature=)([A-Fa-f0-9]{40,})',
    example: 'https://s.example/o?X-Goog-Signature=<h256>',
  },
  { kind: 'adobe_secret', literals: ['p8e-'], pattern: '\\b(p8e-[A-Za-z0-9]{32})', example: 'p8e-<a32>' },
  {
    kind: 'intra42_token',
    literals: ['s-s4t2'],
    pattern: '\\b((?:s-s4t2(?:ud|af)-)[a-f0-9]{64})',
    example: 's-s4t2ud-<h64>',
  },
  {
    kind: 'vercel_token',
    literals: ['vcp_', 'vci_', 'vck_', 'vercel_'],
    pattern: '\\b((?:vc[pikrs]_|vercel_)[A-Za-z0-9]{24,})',
    example: 'vcp_<a40>',
  },
  { kind: 'databricks_oauth', literals: ['dsapi'], pattern: '\\b((?:dose|dsapi)[a-f0-9]{32})', example: 'dsapi<h32>' },
  {
    kind: 'fastly_token',
    literals: ['fastly'],
    pattern: '(?i)(?:fastly\\S{0,20}[\\s=:"\']+)([A-Za-z0-9_-]{32})',
    example: 'fastly token: <a32>',
  },
  {
    kind: 'heroku_key',
    literals: ['heroku'],
    pattern: '(?i)(?:heroku\\S{0,20}[\\s=:"\']+)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})',
    example: 'heroku_auth <h8>-<h4>-<h4>-<h4>-<h12>',
  },
  {
    kind: 'datadog_key',
    literals: ['datadog', 'dd_api', 'dd-api', 'dd_app', 'dd-app'],
    pattern: '(?i)(?:\\bdatadog|\\bdd[_-]ap[ip])[\\w.-]{0,20}["\\x27]?\\s*[=: ]\\s*["\\x27]?([a-f0-9]{32,40})\\b',
    example: 'DD_API_KEY <h32>',
  },

  // --- general forms
  {
    kind: 'jwt',
    literals: ['eyj'],
    pattern: '\\b(eyJ[\\w=-]{8,}\\.(?:eyJ)?[\\w=-]{8,}(?:\\.[\\w=+/-]*)?(?:\\.[\\w=-]*){0,2})',
    example: 'id token eyJ<a34>.eyJ<a80>.<a43>',
  },
  {
    kind: 'bearer_token',
    literals: ['bearer'],
    pattern: '(?i)\\bbearer["\']?\\s*[:=]?\\s*["\']?([\\w.~+/=-]{16,})',
    example: "{'Authorization': 'Bearer <a40>'}",
  },
  {
    kind: 'bearer_token',
    literals: ['authorization'],
    pattern:
      '(?i)authorization["\']?\\s*[:=]\\s*["\']?(?:bearer|token|key|apikey|aws4-hmac-sha256|negotiate|ntlm|hawk|oauth|splunk)\\s+["\']?([^"\',}\\s][^"\'}\\s]{5,}[^"\'}]*)',
    example: 'authorization: token <h40>',
  },
  {
    kind: 'basic_auth',
    literals: ['basic'],
    pattern: '(?i)\\bbasic\\s+([A-Za-z0-9+/=_-]{8,})(?:["\',\\s\\\\]|$)',
    example: '-H "Authorization: Basic <s24>"',
  },
  {
    kind: 'bearer_token',
    literals: ['bearer%20', 'bearer+'],
    pattern: '(?i)\\bbearer(?:%20|\\+)([\\w.~/=-]{16,})',
    example: 'GET /x?authorization=Bearer%20<a40>',
  },
  {
    kind: 'digest_auth',
    literals: ['digest '],
    pattern: '(?i)\\bdigest\\s+username=.{0,400}?\\bresponse=\\\\{0,3}"?([0-9a-f]{32,64})',
    example: 'Authorization: Digest username="etl", realm="x", response="<h32>"',
  },
  {
    kind: 'saml_response',
    literals: ['samlresponse=', 'samlrequest='],
    pattern: '(?i)\\bSAML(?:Response|Request)=([\\w%+/=-]{40,})',
    example: 'POST SAMLResponse=<a200>',
  },
  {
    kind: 'basic_auth',
    literals: ['authorization'],
    pattern: '(?i)authorization["\']?\\s*[:=]\\s*["\']?([A-Za-z0-9+/=._-]{16,})',
    example: 'Authorization: <a32>',
  },
  {
    kind: 'cookie',
    literals: ['cookie'],
    pattern: '(?i)\\b(?:set-)?cookie["\']?\\s*[:=]\\s*["\']?([\\w.-]+=[^"\'}]{4,})',
    example: 'Cookie: session=<a32>; path=/',
  },
  {
    kind: 'cookie',
    literals: ['cookies={', 'cookies: {', 'cookies = {'],
    pattern: '(?i)\\bcookies\\s?[=:]\\s?\\{([^}]{8,})\\}',
    example: "get(url, cookies={'session': '<a40>'})",
  },
  {
    kind: 'cookie',
    literals: ['sessionid', 'session_id=', 'phpsessid', 'jsessionid', 'csrftoken'],
    pattern: '(?i)\\b(?:sessionid|session_id|phpsessid|jsessionid|csrftoken)=([\\w.%+/=-]{12,})',
    example: 'GET /x;jsessionid=<u32>',
  },
  {
    kind: 'url_password',
    literals: ['://'],
    pattern: '[A-Za-z][A-Za-z0-9+.-]*://[^\\s:/?#@"\'<>]*:([^\\s/"\'<>]*[^\\s/"\'<>@])@[\\w\\[%*.-]',
    example: 'could not connect to postgresql+psycopg2://etl:<a12>@db.example:5432/dwh',
  },
  {
    kind: 'url_password',
    literals: ['://'],
    pattern: '[A-Za-z][A-Za-z0-9+.-]*://[^\\s:/?#@"\'<>]+:([^\\s@"\'<>]{1,80})@[\\w\\[%*.-]',
    example: 'redis://app:<a6>/<a6>@cache.example:6379/0',
  },
  {
    kind: 'url_password',
    literals: ['https://', 'http://'],
    pattern: '(?i)https?://([\\w%.~-]{20,})@[\\w.-]',
    example: 'git clone https://<a40>@git.example/acme/etl.git',
  },
  {
    kind: 'oracle_password',
    literals: ['jdbc:oracle', 'sqlplus'],
    pattern: '(?i)(?:jdbc:oracle:\\w+:|sqlplus\\s+(?:-\\w+\\s+)*)[\\w$#]+/([^\\s@/]+)@',
    example: 'jdbc:oracle:thin:scott/<a8>@//db.example:1521/orcl',
  },
  {
    kind: 'oracle_password',
    literals: ['connect(', 'oracle', 'dsn', 'sqlldr', 'expdp', 'impdp', 'rman '],
    pattern:
      '(?i)(?:^|[\\s"\'(=])[a-z][\\w$#]{0,30}/([^\\s@/"\'()]{4,})@(?://)?[\\w.-]+(?::\\d{2,5})?(?:/[\\w.-]+)?(?:$|[\\s"\',)\\\\])',
    example: 'oracledb.connect("etl/<a10>@db.example:1521/orcl")',
  },
  {
    kind: 'password',
    literals: ['pwd={', 'password={'],
    pattern: '(?i)\\b(?:pwd|password)=\\{([^{}]*[0-9!@#$%;][^{}]*)\\}',
    example: 'Driver={x};Server=db.example;UID=etl;PWD={<a12>;1}',
  },
  {
    kind: 'pgpass_password',
    literals: [':5432:', ':5433:', ':5439:', ':6432:', ':*:'],
    pattern: '(?:^|[\\s"\'])[\\w.*-]+:(?:\\d{2,5}|\\*):[\\w.*-]+:[\\w.*@-]+:([^\\s"\',\\\\]{3,})(?:[\\s"\',\\\\]|$)',
    example: 'db.example:5432:dwh:etl:<a12>',
  },
  {
    kind: 'password',
    literals: ['auth(', 'auth=(', 'auth = (', 'auth: ('],
    pattern: '(?i)auth(?:\\(|\\s?[=:]\\s?\\()\\s*["\'][^"\']{0,200}["\'],\\s*["\']([^"\']{3,})["\']',
    example: "requests.get(url, auth=('bot', '<a12>'))",
  },
  {
    kind: 'password',
    literals: ['kennwort', 'contrase', 'senha', 'mot de passe', 'wachtwoord', 'parola'],
    pattern:
      '(?i)(?:kennwort|contrase\\S{1,2}a|\\bsenha|mot de passe|wachtwoord|\\bparola)["\']?\\s{0,3}[:=]\\s{0,3}["\']?([^\\s"\',;]*[0-9!@#$%&*][^\\s"\',;]*)',
    example: 'Mot de passe : <a12>',
  },
  {
    kind: 'password',
    literals: [
      'sshpass',
      'beeline',
      'docker login',
      'users create',
      'twine',
      'cqlsh',
      'mongo',
      'sqlcmd',
      'bcp ',
      'redis-cli',
      'create-admin',
    ],
    pattern:
      '(?:(?:sshpass|beeline|docker login|users create|twine upload|cqlsh|mongo\\w{0,10}|create-admin)\\s(?:.*?\\s)?-p|(?:sqlcmd|bcp)\\s(?:.*?\\s)?-P|redis-cli\\s(?:.*?\\s)?-a)[ =]?["\']?([^\\s"\'-][^\\s"\']{2,})',
    example: 'airflow users create -u admin -p <a12> -r Admin',
  },
  {
    kind: 'netrc_password',
    literals: ['machine'],
    pattern: '(?i)\\bmachine\\s+\\S+\\s+login\\s+\\S+\\s+password\\s+(\\S+)',
    example: 'machine git.example login bot password <a16>',
  },
  {
    kind: 'password',
    literals: ['identified by'],
    pattern: '(?i)identified\\s+by\\s+(?:password\\s+)?["\']?([^\\s"\';]+)',
    example: "CREATE USER etl IDENTIFIED BY '<a12>'",
  },
  {
    kind: 'password',
    literals: ['password'],
    pattern: "(?i)\\b(?:with\\s+(?:encrypted\\s+)?password|set\\s+password\\s*=?)\\s+'([^']+)'",
    example: "ALTER USER etl WITH PASSWORD '<a12>'",
  },
  {
    kind: 'aws_secret_access_key',
    literals: ['credentials'],
    pattern: '(?i)aws_secret_access_key=([^;\'"\\s]+)',
    example: "COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=<s40>'",
  },
  {
    kind: 'mysql_password',
    literals: ['mysql', 'mariadb', 'sshpass', 'mongo'],
    pattern:
      '(?:mysql|mysqldump|mysqladmin|mariadb|sshpass|mongo|mongodump)\\s(?:.*?\\s)?-p[\'"]?([^\\s\'"-][^\\s\'"]+)',
    example: 'mysql -h db.example -u root -p<a10> dwh',
  },
  {
    kind: 'curl_password',
    literals: ['curl'],
    pattern: '\\bcurl\\s(?:.*?\\s)?(?:-u|--user)[ =][\'"]?[^\\s:\'"]+:([^\\s\'"]+)',
    example: 'curl -s -u bot:<a12> https://api.example',
  },
  {
    kind: 'password_hash',
    literals: ['$2a$', '$2b$', '$2y$', '$6$', '$5$', '$apr1$', '$argon2', 'scram-sha-'],
    pattern:
      '(\\$(?:2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}|[156]\\$(?:rounds=\\d+\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{22,86}|apr1\\$[./A-Za-z0-9]{1,8}\\$[./A-Za-z0-9]{22}|argon2(?:id?|d)\\$[^\\s"\']{20,})|SCRAM-SHA-\\d+\\$\\d+:[\\w+/=]+\\$[\\w+/=]+:[\\w+/=]+)',
    example: 'user:$2b$12$<a53>',
  },
  {
    kind: 'password',
    literals: ['--pass', '--token', '--secret', '--api', '--pwd', '--auth', '--access', '--client-s'],
    pattern:
      '(?i)--(?:pass(?:word|wd|phrase)?|pwd|token|secret|api[-_]?(?:key|token)|auth[-_]?token|access[-_]?(?:key|token)|client[-_]secret)[ =]["\']?([^\\s"\'-][^\\s"\']{2,})',
    example: 'spark-submit --password <a10> job.py',
  },
  {
    kind: 'api_key',
    literals: ['api'],
    pattern: '(?i)x-api-key["\']?\\s*[:=]\\s*["\']?([^\\s"\',}]{6,})',
    example: 'X-API-Key: <a24>',
  },
  // What is named in one field and said in the next
  {
    kind: 'password',
    literals: ['"value"', "'value'", '\\"value\\', 'value="', "value='"],
    pattern:
      '(?i)(?:name|key)\\\\{0,3}["\']?\\s?[:=]\\s?\\\\{0,3}["\'][\\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|credentials?|(?:api|access|account|private|fernet|signing)[_.-]?key)\\\\{0,3}["\'],?\\s?\\\\{0,3}["\']?value\\\\{0,3}["\']?\\s?[:=]\\s?\\\\{0,3}["\']([^"\'\\\\]{3,})',
    example: "{'name': 'DB_PASSWORD', 'value': '<a12>', 'value_from': None}",
  },
  {
    kind: 'password',
    literals: ['</name><value>', '</name> <value>'],
    pattern:
      '(?i)<name>[^<]{0,200}(?:password|secret[.]?(?:key)?|token|(?:access|account)[.]?key[^<]{0,100})</name>\\s?<value>([^<]{3,})</value>',
    example: '<property><name>javax.jdo.option.ConnectionPassword</name><value><a12></value></property>',
  },
  {
    kind: 'password',
    literals: ['[password]'],
    pattern: '(?i)\\[password\\]["\']?;["\']?([^\\s"\';]{3,})',
    example: '/SET Package.Connections[dwh].Properties[Password];<a12>',
  },
  {
    kind: 'password',
    literals: ['auth.user.info', 'auth_user_info'],
    pattern: '(?i)auth[._]user[._]info["\']?\\s?[=:]\\s?["\']?[^\\s:"\']{1,80}:([^\\s"\',}]{3,})',
    example: 'schema.registry.basic.auth.user.info=loader:<a40>',
  },
  {
    kind: 'password',
    literals: ['pw=', 'pw:', 'pw '],
    pattern: '(?i)\\b(?:\\w{1,40}_)?pw["\']?\\s?[=:]\\s?["\']?([^\\s"\',;)]*[0-9!@#$%^&*][^\\s"\',;)]*)',
    example: '!define db_pw=<a12>',
  },
  {
    kind: 'password',
    literals: ['%3d'],
    pattern:
      '(?i)(?:passw(?:or)?d|pwd|secret|token|(?:api|access)[_-]?key|signature|%26sig)%(?:25)?3D((?:[^%&\\s"\'<>]|%(?:[013-9A-F][0-9A-F]|2[0-57-9A-F])){4,})',
    example: 'body: user%3Detl%26password%3D<a14>%26grant_type%3Dpassword',
  },
  {
    kind: 'password',
    literals: ['ldapsearch', 'ldapmodify', 'ldapadd', 'ldapdelete', 'ldapwhoami', 'ldappasswd'],
    pattern: '\\bldap(?:search|modify|add|delete|whoami|passwd)\\s(?:.*?\\s)?-w\\s?["\']?([^\\s"\'-][^\\s"\']{2,})',
    example: 'ldapsearch -x -D cn=etl -w <a12> -b dc=acme',
  },
  {
    kind: 'password',
    literals: ['zip -', 'zip ', '7z'],
    pattern: '\\b(?:(?:un)?zip\\s(?:.*?\\s)?-P\\s?|7za?\\s(?:.*?\\s)?-p)["\']?([^\\s"\'-][^\\s"\']{3,})',
    example: 'unzip -P <a12> orders.zip',
  },
  {
    kind: 'password',
    literals: ['smbclient'],
    pattern: '\\bsmbclient\\s(?:.*?\\s)?(?:-U|--user)[ =]?["\']?[^\\s%"\']+%([^\\s"\']+)',
    example: 'smbclient //files/in -U etl%<a12>',
  },
  {
    kind: 'password',
    literals: ['kinit', 'sudo -s', 'docker login', 'chpasswd', '--password-stdin', '--passphrase-fd'],
    pattern:
      '(?i)\\becho\\s+(?:-n\\s+)?["\']?([^\\s"\'|$][^\\s"\'|]{2,})["\']?\\s*\\|\\s*(?:kinit|sudo -S|docker login|chpasswd|.{0,80}--pass(?:word-stdin|phrase-fd))',
    example: 'echo <a12> | kinit etl',
  },
  {
    kind: 'password',
    literals: ['password for'],
    pattern: '(?i)password for [^\\s@]{1,80}@[\\w.-]{1,80}: (\\S{3,})',
    example: 'Password for etl@ACME: <a12>',
  },
  {
    kind: 'oauth_code',
    literals: ['code='],
    pattern: '(?i)[?&]code=([^\\s&"\'<>]{16,})&state=',
    example: 'GET /callback?code=<a40>&state=7',
  },
  // A key in a URL's query
  {
    kind: 'api_key',
    literals: ['?', '&'],
    pattern:
      '(?i)[?&](?:key|apikey|api_key|appid|app_key|auth|access_token|token|client_secret|code_verifier|hapikey|sig|signature)=([^\\s&"\'<>]{6,})',
    example: 'GET https://api.example/v1?units=metric&appid=<h32>',
  },
  {
    kind: 'email',
    literals: ['@'],
    pattern:
      '(?:^|[^\\w.+%/@-])([A-Za-z0-9][\\w.+%-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\\.){1,8}[A-Za-z]{2,24})\\b',
    except: '^git@',
    example: 'User dana.lee+etl@data.example does not have access',
  },
];
