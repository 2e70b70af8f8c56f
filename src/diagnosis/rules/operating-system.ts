import type { Category } from '../../domain/diagnosis';
import type { Rule } from '../rule';

/** What the system says of its own errors in other languages than English, after the exception's class that passes it on. */
function localised(what: string, category: Category, words: readonly string[]): Rule {
  return {
    id: `os.localised-${what}`,
    category,
    strength: 'settles',
    pattern: `(?:Exception|Error|errno\\b).{0,400}(?:${words.join('|')})`,
    example: `java.io.IOException: /acme (${words[0]})`,
  };
}

export const operatingSystemRules: readonly Rule[] = [
  localised('permission', 'permission_denied', [
    '权限不够',
    '拒绝访问',
    'Keine Berechtigung',
    'Zugriff verweigert',
    'Permission non accordée',
    'Accès refusé',
    'Permiso denegado',
    'Acceso denegado',
    'Permissão negada',
    'Acesso negado',
    'Permesso negato',
    'Отказано в доступе',
    '許可がありません',
  ]),
  localised('refused', 'network', [
    '拒绝连接',
    'Verbindungsaufbau abgelehnt',
    'Connexion refusée',
    'Conexión rehusada',
    'Conexão recusada',
    'Connessione rifiutata',
    'В соединении отказано',
    '接続を拒否されました',
  ]),
  localised('room', 'disk_full', [
    '设备上没有空间',
    'Auf dem Gerät ist kein Speicherplatz',
    'Aucun espace disponible',
    'No queda espacio',
    'Não há espaço disponível',
  ]),
  localised('time', 'timeout', [
    '连接超时',
    'Zeitüberschreitung',
    'Connexion terminée par expiration',
    'Tiempo de espera agotado',
    'Tempo esgotado',
  ]),
  localised('no-file', 'config_error_missing_variable', [
    '没有那个文件或目录',
    '系统找不到指定的',
    'Datei oder Verzeichnis nicht gefunden',
    'Aucun fichier ou dossier',
    'No existe el (?:fichero|archivo)',
    'Arquivo ou diretório (?:inexistente|não encontrado)',
    'Нет такого файла',
  ]),
  {
    id: 'os.access-denied',
    category: 'permission_denied',
    strength: 'suggests',
    pattern: '\\baccess is denied\\b',
    example: 'mkdir C:\\acme: Access is denied.',
  },
  {
    id: 'os.connect',
    category: 'network',
    strength: 'settles',
    pattern: '\\bconnect\\(2\\) for \\S|Errno::E(?:CONN\\w+|HOSTUNREACH|NETUNREACH|ALREADY)',
    example: 'Connection refused - connect(2) for "acme.example" port 7',
  },
  {
    id: 'ftp.refused',
    category: 'permission_denied',
    strength: 'suggests',
    pattern:
      'SSH_FX_(?:PERMISSION_DENIED|FAILURE|WRITE_PROTECT)|create directory operation failed|\\b55[03] .{0,120}(?:permission|could not create file|failed to (?:open|change)|access)',
    example: '550 Create directory operation failed.',
    nextStep:
      'The server did not let this account write there: check the path, and ask its owner for the right to write.',
  },
  {
    id: 'ftp.no-file',
    category: 'missing_input_data_or_partition',
    pattern: 'SSH_FX_NO_SUCH_FILE',
    example: 'sftp: "No such file" (SSH_FX_NO_SUCH_FILE)',
  },
  {
    id: 'ftp.connection',
    category: 'network',
    pattern: 'SSH_FX_(?:NO_CONNECTION|CONNECTION_LOST)|\\b42[56] .{0,80}(?:data connection|connection closed)',
    example: '425 Failed to establish data connection',
  },
  {
    id: 'pip.hashes',
    category: 'missing_dependency_or_import',
    pattern: 'do not match the hashes from the requirements',
    example: 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.',
  },
];
