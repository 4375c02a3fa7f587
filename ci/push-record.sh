#!/usr/bin/env bash
# Collect the evidence of a service, and push its record to the repository of the plan.
#
# pip installs this script as `gatekeeper-push-record`. It runs in the service's pipeline, after the tests. Many
# pipelines may push at once: a push that another one overtakes is repeated on top of it. If the other one changed the
# same record, the evidence is collected again, so no record is ever merged as text.
#
# All settings are variables, so that no value becomes part of a command:
#
#   GATEKEEPER_PLAN          the repository of the plan: an address, or a folder with a clone that has no changes
#   GATEKEEPER_SERVICE       the service
#   GATEKEEPER_PLAN_BRANCH   the branch to push to; default: the default branch
#   GATEKEEPER_OWN_BRANCH    `true`: push to the branch evidence/SERVICE/PIPELINE, for a pull request
#   GATEKEEPER_WORKSPACE     the folder of the workspace in the plan's repository; default: its root
#   GATEKEEPER_FROM          the folder of the artefacts; default: the current folder
#   GATEKEEPER_COMMIT, GATEKEEPER_PIPELINE, GATEKEEPER_RUN, GATEKEEPER_SLOTS (one a line): options of `collect`
#   GATEKEEPER_PART          which part of a run of several jobs this job is, as 2/3: the part is written to the folder
#                            gatekeeper-parts, and nothing is pushed
#   GATEKEEPER_MERGE         the folder with the parts of all jobs: they become the record, with their commit and run
#   GATEKEEPER_ARGS          more arguments of `collect`, one a line
#   GATEKEEPER_KEY           the key that signs the record: its text, or a file
#   GATEKEEPER_TOKEN         a token for an https address, GATEKEEPER_TOKEN_USER its user; default: x-access-token
#   GATEKEEPER_DEPLOY_KEY    an SSH key for an ssh address: its text, or a file
#   GATEKEEPER_KNOWN_HOSTS   the host keys of the forge: text, or a file; default: those of the user
#   GATEKEEPER_PUSH_OPTIONS  options for `git push -o`, one a line
#   GATEKEEPER_PUSH_SECONDS  how long an overtaken push is repeated; default: 600
#   GATEKEEPER_BOT_NAME, GATEKEEPER_BOT_EMAIL: the author of the commit
#
# Exit codes: 0 pushed, or the record is unchanged; 1 the push is refused; 2 wrong settings; 75 not pushed in time;
# otherwise that of `gatekeeper collect` or git.

{ set +x; } 2>/dev/null # no trace, because a log would show the secrets
set -euo pipefail
# A hook of git sets these: they would turn every command below to another repository than the plan's.
unset CDPATH GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_NAMESPACE GIT_PREFIX

fail() { # CODE MESSAGE
  printf 'gatekeeper-push-record: %s\n' "$2" >&2
  exit "$1"
}

without_secret() { # ADDRESS: print it without a user and a password
  printf '%s' "${1/:\/\/*@/://}"
}

in_background() { # COMMAND...: run it; the shell would answer no signal before a command in the foreground ends
  "$@" &
  running=$!
  wait "$running" || { set -- $?; running=; return "$1"; }
  running=
}

lines() { # TEXT: print the lines that are not empty
  printf '%s\n' "$1" | tr -d '\r' | sed '/^[[:space:]]*$/d'
}

# Settings

read_settings() {
  plan=${GATEKEEPER_PLAN:-} service=${GATEKEEPER_SERVICE:-} pipeline=${GATEKEEPER_PIPELINE:-}
  workspace=${GATEKEEPER_WORKSPACE:-.} branch=${GATEKEEPER_PLAN_BRANCH:-} own=${GATEKEEPER_OWN_BRANCH:-false}
  limit=${GATEKEEPER_PUSH_SECONDS:-600} token=${GATEKEEPER_TOKEN:-} deploy_key=${GATEKEEPER_DEPLOY_KEY:-}
  part=${GATEKEEPER_PART:-} merge=${GATEKEEPER_MERGE:-} parts=$PWD/gatekeeper-parts
  signing_key=${GATEKEEPER_KEY:-} known_hosts=${GATEKEEPER_KNOWN_HOSTS:-} result='' records=() waiting=() running=''
  # Neither `collect` nor a plugin of it gets the secrets of the push.
  unset GATEKEEPER_TOKEN GATEKEEPER_DEPLOY_KEY GATEKEEPER_KEY
  export -n token deploy_key signing_key

  [ -n "$plan" ] || fail 2 "set GATEKEEPER_PLAN to the repository of the plan"
  [ -n "$service" ] || fail 2 "set GATEKEEPER_SERVICE to the name of the service"
  [[ $service =~ ^[A-Za-z0-9][A-Za-z0-9_.-]*$ ]] || fail 2 "GATEKEEPER_SERVICE is not the name of a service: $service"
  [[ $limit =~ ^[0-9]{1,5}$ ]] || fail 2 "GATEKEEPER_PUSH_SECONDS is not a number of seconds: $limit"
  limit=$((10#$limit))
  case $own in
  true)
    [[ $pipeline =~ ^[A-Za-z0-9_-]+$ ]] || 
      fail 2 "with GATEKEEPER_OWN_BRANCH, set GATEKEEPER_PIPELINE to a name of letters, digits, - and _, not '$pipeline'"
    target=evidence/$service/$pipeline
    ;;
  false) target=$branch ;;
  *) fail 2 "GATEKEEPER_OWN_BRANCH is true or false, not $own" ;;
  esac
  from=$(cd -- "${GATEKEEPER_FROM:-.}" && pwd) || fail 2 "GATEKEEPER_FROM: there is no folder ${GATEKEEPER_FROM:-.}"
  if [ -n "$merge" ]; then
    merge=$(cd -- "$merge" && pwd) || fail 2 "GATEKEEPER_MERGE: there is no folder $GATEKEEPER_MERGE"
  fi

  export GIT_TERMINAL_PROMPT=0
  export GIT_AUTHOR_NAME=${GATEKEEPER_BOT_NAME:-gatekeeper evidence}
  export GIT_AUTHOR_EMAIL=${GATEKEEPER_BOT_EMAIL:-gatekeeper-evidence@localhost}
  export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
}

# Secrets

private_file() { # NAME SECRET: keep a secret, a text or a file, in a file that only this user can read
  local secret=$2
  if [ -f "$secret" ]; then
    secret=$(cat -- "$secret")
  elif [[ $secret == [/.~]* ]]; then
    fail 2 "the $1: there is no such file; set its variable to the text, or to a file"
  fi
  (umask 077 && printf '%s\n' "${secret//$'\r'/}" >"$scratch/$1")
}

write_secrets() {
  scratch=$(mktemp -d)
  trap '[ -z "$running" ] || kill "$running" 2>/dev/null || true; rm -rf -- "$scratch"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [ -z "$signing_key" ] || private_file signing-key "$signing_key"
  [ -n "$deploy_key$known_hosts" ] || return 0
  printf '%s\n' 'BatchMode yes' 'StrictHostKeyChecking yes' 'ConnectTimeout 60' 'ServerAliveInterval 60' >"$scratch/ssh-config"
  if [ -n "$deploy_key" ]; then
    private_file deploy-key "$deploy_key"
    printf 'IdentityFile "%s"\nIdentitiesOnly yes\n' "$scratch/deploy-key" >>"$scratch/ssh-config"
  fi
  if [ -n "$known_hosts" ]; then
    private_file known-hosts "$known_hosts"
    printf 'UserKnownHostsFile "%s"\n' "$scratch/known-hosts" >>"$scratch/ssh-config"
  fi
  GIT_SSH_COMMAND="ssh -F $(printf '%q' "$scratch/ssh-config")"
  export GIT_SSH_COMMAND
}

offer_token() { # ADDRESS: let git ask for the token, for this host only; no argument and no file holds it
  [ -n "$token" ] || return 0
  local https='^https://([^/]*@)?([^/@]+)'
  [[ $1 =~ $https ]] ||
    fail 2 "GATEKEEPER_TOKEN needs an https address of the plan, not $(without_secret "$1")"
  # shellcheck disable=SC2016 # git runs this text
  local answer='!f() { [ "$1" != get ] || printf "username=%s\npassword=%s\n" "$PUSH_USER" "$PUSH_TOKEN"; }; f'
  local key=credential.https://${BASH_REMATCH[2]}.helper
  options+=(-c "$key=" -c "$key=$answer")
}

# No hook, key, line ending or submodule of the user has a say in a commit, and git does not wait for ever.
options=(-c core.hooksPath=/dev/null -c core.autocrlf=false -c core.eol=lf -c commit.gpgSign=false -c push.gpgSign=false
  -c submodule.recurse=false -c status.showUntrackedFiles=normal -c core.fsmonitor=false -c maintenance.auto=false
  -c http.lowSpeedLimit=1 -c http.lowSpeedTime=300)

in_clone() { # COMMAND...: run git in the clone
  git "${options[@]}" -C "$clone" "$@"
}

online() { # COMMAND...: run git in the clone, with the token
  PUSH_TOKEN=$token PUSH_USER=${GATEKEEPER_TOKEN_USER:-x-access-token} in_background git "${options[@]}" -C "$clone" "$@"
}

# The clone

open_clone() {
  depth=()
  if [ -e "$plan/.git" ]; then
    clone=$(cd -- "$plan" && pwd)
    [ -z "$(in_clone status --porcelain)" ] || fail 2 "the clone $plan has changes: commit or remove them"
  else
    clone=$scratch/plan depth=(--depth 1)
    if [ -d "$plan" ]; then plan=$(cd -- "$plan" && pwd); fi
    git init --quiet "$clone"
    in_clone remote add -- origin "$plan"
  fi
  offer_token "$(in_clone remote get-url origin)"
}

fetch() { # read the newest state: `base` is the commit of the branch, `pending` that of the own branch, if it exists
  local refs
  if [ -z "$branch" ]; then
    online ls-remote --symref origin HEAD >"$scratch/refs" || return 1
    read -r _ branch _ <"$scratch/refs" || true
    [[ $branch == refs/heads/?* ]] ||
      fail 2 "$(without_secret "$plan") names no default branch: set GATEKEEPER_PLAN_BRANCH"
    branch=${branch#refs/heads/}
    [ "$own" = true ] || target=$branch
  fi
  refs=("+refs/heads/$branch:refs/gatekeeper/base")
  if [ "$own" = true ]; then
    online ls-remote origin "refs/heads/$target" >"$scratch/refs" || return 1
    [ ! -s "$scratch/refs" ] || refs+=("+refs/heads/$target:refs/gatekeeper/pending")
  fi
  online fetch --quiet --no-tags ${depth[@]+"${depth[@]}"} origin "${refs[@]}" || return 1
  base=$(in_clone rev-parse refs/gatekeeper/base) pending=
  if [ "${#refs[@]}" -eq 2 ]; then pending=$(in_clone rev-parse refs/gatekeeper/pending); fi
}

# The record

run_collect() {
  local command=(gatekeeper -C "$clone/$workspace" collect) line
  if [ -n "$merge" ]; then
    command+=("--merge=$merge")
  else
    command+=("--from=$from")
    [ -z "${GATEKEEPER_COMMIT:-}" ] || command+=("--commit=$GATEKEEPER_COMMIT")
    [ -z "$pipeline" ] || command+=("--pipeline=$pipeline")
    [ -z "${GATEKEEPER_RUN:-}" ] || command+=("--run=$GATEKEEPER_RUN")
  fi
  [ -z "$part" ] || command+=("--part=$part" "--out=$parts")
  [ -z "$signing_key" ] || [ -n "$part" ] || command+=("--key=$scratch/signing-key")
  while IFS= read -r line; do command+=("--slot=$line"); done < <(lines "${GATEKEEPER_SLOTS:-}")
  while IFS= read -r line; do command+=("$line"); done < <(lines "${GATEKEEPER_ARGS:-}")
  in_background "${command[@]}" -- "$service"
}

take_pending() { # start from the record that still waits on the own branch
  local paths=(":(top,glob)**/$service/evidence/$pipeline.json") file
  [ "$pipeline" != default ] || paths+=(":(top,glob)**/$service/evidence.json")
  in_clone diff --name-only -z --diff-filter=d "$base" "$pending" -- "${paths[@]}" >"$scratch/waiting"
  waiting=()
  while IFS= read -r -d '' file; do waiting+=("$file"); done <"$scratch/waiting"
  [ "${#waiting[@]}" -eq 0 ] || in_clone --literal-pathspecs checkout --quiet "$pending" -- "${waiting[@]}"
}

record() { # collect on the newest state and commit the record, nothing else; `records` are its files
  local paths=(":(top,glob)**/$service/evidence.json" ":(top,glob)**/$service/evidence/*.json") commit file
  in_clone checkout --quiet --force --detach "$base"
  [ -z "$pending" ] || take_pending
  run_collect
  in_clone ls-files -z --modified --others -- "${paths[@]}" >"$scratch/changed"
  records=()
  while IFS= read -r -d '' file; do records+=("$file"); done <"$scratch/changed"
  [ "${#records[@]}" -gt 0 ] || return 0
  commit=${GATEKEEPER_COMMIT:-$(git -C "$from" rev-parse --short HEAD 2>/dev/null || echo "an unknown commit")}
  in_clone --literal-pathspecs add --force --all -- "${records[@]}"
  in_clone commit --quiet -m "Evidence of $service at $commit"
  result=$(in_clone rev-parse HEAD) collected_on=$base collected_after=$pending
}

write_part() { # by the newest state; another job makes the record of all parts
  in_clone checkout --quiet --force --detach "$base"
  mkdir -p "$parts"
  run_collect
}

is_current() { # whether nobody has changed the same record, or anything but records, since it was collected
  local others=(":(top,exclude,glob)**/evidence.json" ":(top,exclude,glob)**/evidence/*.json")
  [ -n "$result" ] && [ "$pending" = "$collected_after" ] &&
    in_clone diff --quiet "$collected_on" "$base" -- . "${others[@]}" &&
    in_clone --literal-pathspecs diff --quiet "$collected_on" "$base" -- "${records[@]}"
}

rebase() { # move the commit of the record to the newest state
  in_clone checkout --quiet --force --detach "$base"
  in_clone cherry-pick --allow-empty "$result" >/dev/null
}

# The push

push() {
  local command=(push --porcelain) line expected=$base also=', or set GATEKEEPER_OWN_BRANCH=true and open a pull request'
  # Only the state that was read is replaced: a branch that was deleted meanwhile does not come back. On a shared branch
  # the commit is on top of that state; only the branch that belongs to this pipeline is ever overwritten.
  if [ "$own" = true ]; then also='' expected=$pending; fi
  command+=("--force-with-lease=refs/heads/$target:$expected")
  while IFS= read -r line; do command+=("--push-option=$line"); done < <(lines "${GATEKEEPER_PUSH_OPTIONS:-}")
  if online "${command[@]}" origin "HEAD:refs/heads/$target" >"$scratch/push" 2>&1; then return 0; fi
  if grep -q '^!.*\[rejected\]' "$scratch/push"; then
    why="another pipeline pushed first"
    return 1
  fi
  cat "$scratch/push" >&2
  ! grep -q '^!.*declined' "$scratch/push" ||
    fail 1 "$target refuses the push: let this pipeline push to it$also"
  return 1
}

pause() { # ATTEMPT: wait a random time, below a limit that doubles from 1 to 16 s
  local window=$((500 << ($1 < 5 ? $1 : 5))) wait
  wait=$((window * RANDOM / 32768))
  wait=$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))
  printf '%s; attempt %d in %s s\n' "$why" $(($1 + 1)) "$wait"
  in_background sleep "$wait"
}

report() { # MESSAGE [BRANCH]
  printf '%s\n' "$1"
  [ -z "${GITHUB_OUTPUT:-}" ] || printf 'pushed-to=%s\n' "${2:-}" >>"$GITHUB_OUTPUT"
}

main() {
  read_settings
  write_secrets
  open_clone
  local attempt alone=0 tried='' why
  for ((attempt = 1; ; attempt++)); do
    why="git failed"
    if fetch; then
      # A push that fails although nobody else pushed fails for another reason.
      if [ "$tried" = "$base $pending" ]; then alone=$((alone + 1)); else alone=0; fi
      tried="$base $pending"
      if [ -n "$part" ]; then
        write_part
        return
      fi
      if is_current; then rebase; else record; fi
      if [ "${#records[@]}" -eq 0 ]; then
        # A record that waits on the own branch may still need its pull request.
        report "the record of $service is unchanged: nothing to push" "${waiting[0]:+$target}"
        return
      fi
      if push; then
        report "pushed the record of $service to $target" "$target"
        return
      fi
    else
      alone=$((alone + 1))
    fi
    [ "$alone" -lt 5 ] || fail 1 "git fails, although no other pipeline pushes: see its message above"
    [ "$SECONDS" -lt "$limit" ] ||
      fail 75 "not pushed after $SECONDS s and $attempt attempts: $why; run this job again"
    pause "$attempt"
  done
}

main
