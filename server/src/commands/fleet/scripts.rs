//! Scripts that set the default options of a running Duplicati server through its REST API.
//!
//! Passwords, tokens and keys are passed through standard input, so that the list of processes does not show them.

/// Returns a script for `sh` with `curl`. `options` is a JSON object.
pub(super) fn shell(options: &str) -> String {
    format!(
        r#"#!/bin/sh
# Makes all jobs of a Duplicati server (2.1 and newer) report to duplistatus. Jobs with report options of their own keep them.
#
#   sh set-options.sh [ADDRESS OF DUPLICATI]      default: http://localhost:8200
#
# Asks for the password of Duplicati's pages, or takes it from DUPLICATI_PASSWORD.
set -eu
server=${{1:-http://localhost:8200}}
if [ -z "${{DUPLICATI_PASSWORD:-}}" ]; then
    printf 'Password of Duplicati: ' >&2
    if [ -t 0 ]; then stty -echo; trap 'stty echo' EXIT; fi
    IFS= read -r DUPLICATI_PASSWORD
    printf '\n' >&2
fi
escaped=$(printf '%s' "$DUPLICATI_PASSWORD" | sed 's/\\/\\\\/g; s/"/\\"/g')
answer=$(printf '{{"Password": "%s", "RememberMe": false}}' "$escaped" |
    curl --silent --show-error --fail --header 'Content-Type: application/json' --data @- "$server/api/v1/auth/login") || {{
    echo "Duplicati at $server did not accept the password, or cannot be reached." >&2
    exit 1
}}
token=$(printf '%s' "$answer" | sed -n 's/.*"AccessToken" *: *"\([^"]*\)".*/\1/p')
curl --silent --show-error --fail --request PATCH --config - "$server/api/v1/serversettings" <<OPTIONS
header = "Content-Type: application/json"
header = "Authorization: Bearer $token"
data = "{data}"
OPTIONS
echo "The default options of Duplicati at $server are set. They apply from the next run."
"#,
        // Inside double quotes of curl's configuration, and in a here-document whose `$` the shell would replace.
        data = options.replace('\\', r"\\\\").replace('"', r#"\\""#).replace('$', r"\$").replace('`', r"\`"),
    )
}

/// Returns a script for PowerShell. `options` is a JSON object.
pub(super) fn power_shell(options: &str) -> String {
    format!(
        r#"# Makes all jobs of a Duplicati server (2.1 and newer) report to duplistatus. Jobs with report options of their own keep them.
#
#   powershell -File set-options.ps1 [-Server ADDRESS]      default: http://localhost:8200
#
# Asks for the password of Duplicati's pages, or takes it from the environment variable DUPLICATI_PASSWORD.
param([string]$Server = 'http://localhost:8200')
$ErrorActionPreference = 'Stop'
$password = $env:DUPLICATI_PASSWORD
if (-not $password) {{
    $secure = Read-Host 'Password of Duplicati' -AsSecureString
    $password = [Net.NetworkCredential]::new('', $secure).Password
}}
$json = 'application/json; charset=utf-8'
$login = @{{ Password = $password; RememberMe = $false }} | ConvertTo-Json
$answer = Invoke-RestMethod -Method Post -Uri "$Server/api/v1/auth/login" -ContentType $json -Body ([Text.Encoding]::UTF8.GetBytes($login))
$options = @'
{options}
'@
Invoke-RestMethod -Method Patch -Uri "$Server/api/v1/serversettings" -ContentType $json -Body ([Text.Encoding]::UTF8.GetBytes($options)) `
    -Headers @{{ Authorization = "Bearer $($answer.AccessToken)" }} | Out-Null
Write-Host "The default options of Duplicati at $Server are set. They apply from the next run."
"#
    )
}
