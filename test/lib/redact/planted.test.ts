import { createRedactor } from '../../../src/lib/redact';
import { expandExample } from './example';

const redactor = createRedactor();

/** Where people and programs leave secrets, one place a row; `<a12>` stands for 12 letters and digits that are made here. */
const PLANTED: readonly string[] = [
  // connection strings
  'java.sql.SQLException: no reply from jdbc:oracle:thin:etl/<a10>!@db.example:1521:ORCL',
  'jdbc:sqlserver://db:1433;database=dwh;user=etl;password={<a12>};encrypt=true',
  'Server=tcp:srv.database.example,1433;Initial Catalog=dwh;User ID=etl;Pwd=<a12>;Encrypt=True',
  'jdbc:snowflake://acme.example/?user=etl&password=<a8>%21<a4>&warehouse=wh',
  'jdbc:redshift://c.example:5439/dev?UID=etl&PWD=<a12>',
  'jdbc:databricks://adb.example:443/default;AuthMech=3;UID=token;PWD=dapi<h32>',
  'jdbc:mysql://etl:<a12>@db.example:3306/dwh',
  'jdbc:teradata://td.example/LOGMECH=LDAP,USER=etl,PASSWORD=<a12>',
  'jdbc:db2://db.example:50000/DWH:user=etl;password=<a12>;',
  'jdbc:trino://t.example:443/hive?user=etl&password=<a12>&SSL=true',
  'Provider=SQLOLEDB;Data Source=x;User Id=etl;Password=<a12>;',
  'DRIVER={SnowflakeDSIIDriver};SERVER=x;UID=etl;PWD=<a12>;',
  "host=db user=etl password='<a12>' sslmode=require",
  'mongodb+srv://etl:<a14>@cluster0.example/dwh?retryWrites=true',
  'mongodb://etl:a%40<a8>%21@m1.example:27017,m2.example:27017/?replicaSet=rs0',
  'redis://:<a18>@cache.example:6379/0',
  'rediss://default:<a30>@cache.example:6380',
  '[config] broker: amqps://etl:<a12>@mq.example:5671//',
  'snowflake://etl:<a12>!@acme/dwh/public?warehouse=wh',
  'postgresql://etl:p@<a8>@db.example:5432/dwh',
  'ftp://etl:<a12>@files.example/in',
  'sftp://etl:<a12>@files.example:22/in',
  'smtps://bot:<a12>@mail.example:465',
  'http_proxy=http://etl:<a12>@proxy:3128',
  's3a://AKIA<u16>:<a38>%2F@bucket/key',
  'AccountEndpoint=https://c.documents.example:443/;AccountKey=<s86>==;',
  'DefaultEndpointsProtocol=https;AccountName=lake;AccountKey=<s86>==;EndpointSuffix=x',
  'HostName=h.example;SharedAccessKeyName=owner;SharedAccessKey=<s43>=',
  'AIRFLOW_CONN_DWH={"conn_type":"postgres","login":"etl","password":"<a12>"}',
  'md:?motherduck_token=eyJ<a30>.eyJ<a60>.<a43>',
  // the shell
  '+ PGPASSWORD=<a12> psql -h db -U etl',
  'MYSQL_PWD=<a12> mysqldump dwh',
  "export SNOWSQL_PWD='<a12>'",
  'mysql -uroot -p<a12> dwh',
  'ldapsearch -x -D cn=etl,dc=acme -w <a12> -b dc=acme',
  'beeline -u jdbc:hive2://h -n etl --password <a12>',
  'sqoop import --username etl --password=<a12> --table t',
  'sqlplus -s etl/<a12>@orcl',
  'bcp dwh.dbo.t in f -S s -U etl -P <a12>',
  'sqlcmd -S s -U etl -P <a12> -Q x',
  'unzip -P <a12> orders.zip',
  'smbclient //files/in -U etl%<a12>',
  'mount -t cifs //s/x /m -o username=etl,password=<a12>',
  "sshpass -p '<a12>' scp a b:",
  'gpg --batch --passphrase <a12> -d f',
  'openssl enc -d -in a -pass pass:<a12>7!',
  'echo <a12> | kinit etl',
  'Password for etl@ACME: <a12>',
  'curl -u bot:<a12> https://api.example',
  'wget --http-password=<a12> https://x.example',
  'helm install x --set postgresql.auth.password=<a12>',
  'kubectl create secret generic db --from-literal=password=<a12>',
  'docker login -u x -p dckr_pat_<a27>',
  'oc login --token=sha256~<a43>',
  'machine api.example login bot password <a12>',
  'declare -x DB_PASS="<a30>"',
  "environ({'HOME': '/root', 'API_TOKEN': '<a30>'})",
  '!define dwh_pw=<a12>',
  '/SET Package.Connections[x].Properties[Password];<a12>',
  // files of settings, and what prints them
  '      pass: <a12>',
  '  password: "<a12>"',
  '{"host":"db","password":"<a12>","port":1}',
  '{\\"host\\":\\"db\\",\\"password\\":\\"<a12>\\"}',
  '{\\\\\\"password\\\\\\":\\\\\\"<a12>\\\\\\"}',
  '<password><a12></password>',
  '<add key="Password" value="<a12>" />',
  '<property><name>javax.jdo.option.ConnectionPassword</name><value><a12></value></property>',
  '<name>fs.s3a.secret.key</name><value><s40></value>',
  "{'name': 'DB_PASSWORD', 'value': '<a12>', 'value_from': None}",
  'spring.datasource.password=<a12>',
  'ssl.keystore.password=<a12>',
  'javax.net.ssl.trustStorePassword=<a12>',
  'sasl.jaas.config=org.acme.Login required username="etl" password="<a64>";',
  '"sasl.password": "<a64>"',
  'schema.registry.basic.auth.user.info=loader:<a40>',
  '(fs.azure.account.key.lake.dfs.example,<s86>==)',
  'fs.azure.account.oauth2.client.secret.lake.dfs.example <a3>8Q~<a34>',
  '--conf spark.hadoop.fs.s3a.secret.key=<s40>',
  "CREDENTIALS=(AWS_KEY_ID='AKIA<u16>' AWS_SECRET_KEY='<s40>')",
  "CREDENTIALS=(AZURE_SAS_TOKEN='?sv=2024&sig=<a60>%3D')",
  "CREATE USER etl PASSWORD '<a12>1'",
  "AIRFLOW__CORE__FERNET_KEY='<s43>='",
  'TF_VAR_db_password=<a12>',
  '      + administrator_login_password = "<a12>"',
  'Sys.setenv(DB_PASSWORD = "<a12>")',
  'dbConnect(odbc(), UID = "etl", PWD = "<a12>")',
  '{"auths":{"https://index.example/v1/":{"auth":"<s40>"}}}',
  '    client-key-data: <s120>',
  'PASSWD=<a12> ASHOST=sap CLIENT=100',
  // headers, cookies, queries and bodies
  "headers={b'authorization': b'Basic <s30>=='}",
  'authorization: bearer <a40>',
  'authorization=Bearer%20<a40>',
  'Authorization: Digest username="etl", realm="x", response="<h32>"',
  'Authorization: Negotiate <s80>==',
  'Proxy-Authorization: Basic <s24>',
  'Authorization: AWS4-HMAC-SHA256 Credential=AKIA<u16>/20260101/x/s3/aws4_request, Signature=<h64>',
  'PRIVATE-TOKEN: glpat-<a20>',
  'X-Vault-Token: s.<a24>',
  'Ocp-Apim-Subscription-Key: <h32>',
  'aeg-sas-key: <s43>=',
  'DD-APPLICATION-KEY: <h40>',
  'Cookie: session=<a40>; csrftoken=x',
  "cookies={'session': '<a40>'}",
  'https://a.blob.example/c/f.csv?sv=2024-11-04&sp=rl&se=2027-01-01&sig=<a40>%3D',
  'SharedAccessSignature sr=https%3A%2F%2Fns.example&sig=<a43>%3D&se=1700000000&skn=root',
  'https://b.s3.example/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=<h64>',
  '?X-Amz-Security-Token=IQoJb3JpZ2luX2Vj<s180>&X-Amz-Date=2026',
  'grant_type=password&username=etl&password=<a14>&client_id=x',
  'body: user%3Detl%26password%3D<a14>%26grant_type%3Dpassword',
  'client_assertion=eyJ<a30>.eyJ<a60>.<a43>&x',
  'GET /callback?code=<a40>&state=x',
  'POST SAMLResponse=<s200>',
  'id_token=<a40>',
  // what issuers hand out
  '"SessionToken": "FwoGZXIvYXdzE<s200>",',
  '"SecretAccessKey": "<s40>",',
  'ASIA<u16> is not known',
  'invalid client secret <a3>8Q~<a34> provided',
  'using bedrock-api-key-<s120>',
  'no such access id GOOG1E<u55>',
  'remote: Invalid github_pat_<a22>_<a59>',
  'header glpat-<a40>.01.<h9>',
  'runner glrt-t3_<a30>.01.<h9>',
  'gitlab-runner register GR1348941<a20>',
  'Incorrect API key provided: sk-proj-<a74>.',
  'token sk-ant-oat01-<a80>',
  'token sk-or-v1-<h64>',
  'x-goog-api-key: AQ.Ab8R<a46>',
  'tok xoxe.xoxp-1-<a160>',
  'tok xwfp-<d12>-<a40>',
  'twine upload -p pypi-AgEIcHlwaS5vcmc<a100>',
  '//registry.example/:_authToken=<h36>',
  'mailgun api key: <h32>-<h8>-<h8>',
  'MAILGUN_TOKEN=<h32>-<h8>-<h8>',
  'KRAKEN_TOKEN=<a80>',
  'NOTION_TOKEN=<a43>',
  'octo deploy --apiKey API-<u26>',
  'k 4b1d<a38>',
  'tok tvly-<a32>',
  'key A3-<u6>-<u6>-<u5>-<u5>-<u5>-<u5>',
  'token eyJ<a34>.<a60>.<a16>.<a60>.<a22>',
];

/** Over a line end. */
const BROKEN: readonly string[] = [
  '  "password" :\n    "<a12>"',
  '<name>dwh.password</name>\n<value><a12></value>',
  'password: |\n  <a12>',
  '  - name: DB_PASSWORD\n    value: <a12>',
  'the token that was refused is, as the gateway had it: ghp_<a36>\n<a24>',
  `    client-key-data: <s76>\n<s76>\n<s40>`,
  '[2026-03-09, 04:00:00 UTC] {x.py:9} INFO - -----BEGIN RSA PRIVATE KEY-----\n[2026-03-09, 04:00:00 UTC] {x.py:9} INFO - <s64>\n[2026-03-09, 04:00:00 UTC] {x.py:9} INFO - -----END RSA PRIVATE KEY-----',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: X\n\n<s64>\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----',
  '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n<s64>\\n-----END PRIVATE KEY-----\\n"}',
];

const HEX40 = '3f2a9c1d7e5b4a60f1c2d3e4b5a6978877665544';
const HEX32 = 'd41d8cd98f00b204e9800998ecf8427e';
const HEX64 = `${HEX32}${HEX32}`;
const UUID = '7f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
/** What looks made by chance, or speaks of a secret, and is none. */
const HARMLESS: readonly string[] = [
  `Checking out commit ${HEX40}`,
  `ETag: "${HEX32}-12"`,
  `Request ID: ${UUID}`,
  'x-amz-id-2: eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran',
  'ECDSA key fingerprint is SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8.',
  `imageID: docker-pullable://acme/etl@sha256:${HEX64}`,
  `  "Id": "sha256:${HEX64}",`,
  '"integrity": "sha512-aB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xYaB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xY=="',
  `Could not find key orders/2026/03/09/${HEX32}.json`,
  `DETAIL:  Key (order_id)=(${UUID}) already exists.`,
  `KeyError: '${UUID}'`,
  'relation "auth_tokens" does not exist',
  "couldn't find key DB_PASSWORD in Secret etl/dwh",
  "Env var required but not provided: 'SNOWFLAKE_PASSWORD'",
  'nextPageToken: CAUQAA7Zx, NEXT_TOKEN=abc123def, max_token: 4096',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:dwh/password-a1B2c3',
  'projects/acme/secrets/dwh-password/versions/latest not found',
  'mysql -h db -P 3306 -u etl -p',
  'ssl.truststore.password = [hidden]',
  '?sv=REDACTED&sig=REDACTED',
  "{'name': 'DB_PASSWORD', 'value': None, 'value_from': {'secret_key_ref': {'key': 'password', 'name': 'dwh'}}}",
  '<name>dfs.permissions</name><value>false</value>',
  '{"name": "token_count", "value": "4096"}',
  `traceparent: 00-${HEX32}-b7ad6b7169203331-01`,
  'error?code=SESSION_TERMINATED_UNEXPECTEDLY',
  'A3-size paper is not there; API-GATEWAY-TIMEOUT-ERROR occurred',
  `pip install acme@git+https://git.example/acme/x@${HEX40}`,
  '  "password" :\n    null,',
  `the digest of the layer that was pulled last is said to be ${HEX40}\n${HEX40}`,
];

describe('a secret where people and programs leave it', () => {
  it.each(PLANTED)('does not get through: %s', (template) => {
    const { text, made } = expandExample(template);
    const { text: clean } = redactor.redact(text);
    expect(clean).toContain('[redacted:');
    expect(made.filter((value) => value.length >= 5 && clean.includes(value))).toEqual([]);
  });

  it.each(BROKEN)('does not get through over a line end: %j', (template) => {
    const { text, made } = expandExample(template);
    const { text: clean } = redactor.redact(text);
    expect(made.filter((value) => clean.includes(value))).toEqual([]);
    expect(clean.split('\n')).toHaveLength(text.split('\n').length);
  });

  it.each(HARMLESS)('is not seen in %j', (text) => {
    expect(redactor.redact(text)).toEqual({ text, redactions: {} });
  });
});
