#!/usr/bin/env bash
# Tests the API of a running program against its own document, with schemathesis: no answer is an error of the server, and every answer has
# a status, a media type and a body that the document names.
#
#   scripts/api.sh             tests target/release/duplistatus, or DUPLISTATUS_BIN
#   scripts/api.sh ARGUMENTS   passes arguments on to schemathesis
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
program="$(realpath "${DUPLISTATUS_BIN:-target/release/duplistatus}")"
# Routes that take or replace a whole database are tested in server/tests/http/backups.rs.
excluded='/api/v1/(import|database/(restore|backups))'

folder="$(mktemp -d)"
started=
finish() {
    if [ -n "$started" ]; then kill "$started" 2>/dev/null || true; wait "$started" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap finish EXIT

password='a long row of words 7'
(
    cd "$folder"
    DUPLISTATUS_ADMIN_USER=root DUPLISTATUS_ADMIN_PASSWORD="$password" TZ=UTC NO_COLOR=1 \
        exec "$program" --data-dir "$folder" --addr 127.0.0.1:0 --open-ingest serve
) >"$folder/log" 2>&1 &
started=$!
address=
for _ in $(seq 300); do
    address="$(sed -n 's|.*duplistatus is at \(http://[0-9.:]*\).*|\1|p' "$folder/log" | head -n1)"
    [ -z "$address" ] || break
    kill -0 "$started" 2>/dev/null || break
    sleep 0.1
done
[ -n "$address" ] || { cat "$folder/log" >&2; exit 1; }

# Something of everything: good and failed runs, a verification, and what cannot be read.
report() { # HOUR STATUS OPERATION
    printf '{"Data":{"MainOperation":"%s","ParsedResult":"%s","BeginTime":"2026-11-23T%s:00:00Z","EndTime":"2026-11-23T%s:10:00Z","Duration":"00:10:00","ExaminedFiles":100},"Extra":{"OperationName":"%s","backup-name":"Documents","machine-name":"nas","machine-id":"a1"},"LogLines":["2026-11-23 02:00:00 +00 - [Warning-A-B]: a line"]}' \
        "$3" "$2" "$1" "$1" "$3"
}
send() { curl -sS -o /dev/null -H 'Content-Type: application/json' --data "$1" "$address/api/upload"; }
for sent in "01 Success Backup" "02 Warning Backup" "03 Fatal Backup" "04 Success Test"; do
    # shellcheck disable=SC2086
    send "$(report $sent)"
done
send '{"what": '

session="$(curl -sS -D - -o /dev/null -H 'Accept: text/html' -H "Referer: $address/" --data-urlencode name=root \
    --data-urlencode "password=$password" --data next=/ "$address/api/fn/sign_in" |
    sed -n 's/^[Ss]et-[Cc]ookie: \(duplistatus-session[^=;]*=[^;]*\).*/\1/p' | tr -d '\r')"
[ -n "$session" ] || { echo "cannot sign in" >&2; cat "$folder/log" >&2; exit 1; }

cd "$folder"
"$DUPLISTATUS_CACHE/tools/schemathesis-$SCHEMATHESIS/bin/st" run "$address/api/v1/openapi.json" \
    --header "Cookie: $session" --exclude-path-regex "$excluded" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --phases examples,coverage,fuzzing --max-examples 20 --max-time 100 --seed 1 --no-color \
    --suppress-health-check all --warnings off "$@"
