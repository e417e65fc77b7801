# Words of the dashboard. Plain text everywhere: the pages escape it.

## Frame

skip = Skip to the content
menu = Menu
nav-overview = Overview
nav-accounts = Accounts
nav-peers = Peers
nav-jobs = Jobs
nav-pools = Address pools
nav-nodes = Nodes
nav-plans = Plans
nav-audit = Audit
nav-settings = Settings
nav-logs = Logs
nav-sessions = Your sessions
role-viewer = viewer
role-operator = operator
role-owner = owner
badge = { $count ->
    [one] { $count } thing needs attention
   *[other] { $count } things need attention
  }
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
language = Language
logout = Log out
live-on = Live
live-still = As of
live-paused = Paused
live-away = No connection, trying again
live-back = Live again
live-pause = Pause
refresh = Refresh
close = Close
copy = Copy
copied = Copied

## Keyboard

help-title = Keyboard
help-help = this help
help-search = search
help-rows = next, previous line
help-open = open the line
help-refresh = refresh
help-pause = pause, go on
help-escape = leave, close

## Units

size-bytes = { $size } B
size-kib = { $size } KiB
size-mib = { $size } MiB
size-gib = { $size } GiB
size-tib = { $size } TiB
time-ms = { $n } ms
time-s = { $n } s
time-min = { $n } min
time-h = { $n } h
time-d = { $n } d
per-minute = per minute
max = max
never = never
none = none
yes = yes
no = no
on = on

## States

health-good = OK
health-warn = Attention
health-bad = Trouble
health-unknown = Unknown
severity-warn = Attention
severity-bad = Trouble
account-active = active
account-expired = expired
account-limited = traffic used up
account-paused = paused
account-none = no access
account-blocked = blocked the bot
peer-applied = applied
peer-pending = applying
peer-late = late
peer-removing = removing
peer-paused = paused
peer-gone = revoked
job-waiting = waiting
job-active = running
job-retry = retrying
job-dead = dead
job-done = done
job-cancelled = cancelled
job-stuck = stuck
breaker-closed = closed
breaker-half-open = probing
breaker-open = open
outcome-done = done
outcome-refused = refused
outcome-failed = failed

## Needs attention

attention-title = Needs attention
attention-bad = { $count ->
    [one] { $count } trouble
   *[other] { $count } troubles
}
attention-warn = { $count ->
    [one] { $count } warning
   *[other] { $count } warnings
}
all-well = All is well.
all-well-more = Nothing needs attention now.
attention-database-away = The database has not answered for { $ageMs }: { $problem }
attention-database-away-do = Connections
attention-database-waiting = { $waiting ->
    [one] { $waiting } request waits for a database connection; all { $max } are in use
   *[other] { $waiting } requests wait for a database connection; all { $max } are in use
  }
attention-database-waiting-do = Connections
attention-jobs-stuck = { $count ->
    [one] { $count } job is stuck for { $oldestMs }
   *[other] { $count } jobs are stuck, the oldest for { $oldestMs }
  }
attention-jobs-stuck-do = See and retry
attention-jobs-dead = { $count ->
    [one] { $count } job was given up
   *[other] { $count } jobs were given up
  }
attention-jobs-dead-do = See and retry
attention-peers-late = { $count ->
    [one] { $count } peer is wanted but not applied, for { $oldestMs }
   *[other] { $count } peers are wanted but not applied, the oldest for { $oldestMs }
  }
attention-peers-late-do = See the peers
attention-pool-low = { $days ->
    [-1] Pool { $pool } is nearly full: { $free } addresses free ({ $share } %)
    [0] Pool { $pool } runs out today: { $free } addresses free ({ $share } %)
    [one] Pool { $pool } runs out in { $days } day: { $free } addresses free ({ $share } %)
   *[other] Pool { $pool } runs out in { $days } days: { $free } addresses free ({ $share } %)
  }
attention-pool-low-do = Add a pool
attention-breaker-open = Calls to { $call } are stopped for { $sinceMs }: too many failed
attention-breaker-open-do = See the calls
attention-loop-lag = The event loop is late: p99 { $p99Ms }, longest { $maxMs }
attention-loop-lag-do = See the history
attention-reconcile-overdue = { $ageMs ->
    [never] Node { $node } was never compared with the database
   *[other] Node { $node } was last compared with the database { $ageMs } ago
  }
attention-reconcile-overdue-do = See the node
attention-reconcile-refused = { $count ->
    [one] Node { $node }: { $count } removal is held up until you decide
   *[other] Node { $node }: { $count } removals are held up until you decide
  }
attention-reconcile-refused-do = Decide
attention-bot-failing = { $failed } of { $total } updates failed
attention-bot-failing-do = See the log
attention-bot-away = Telegram has not answered for { $ageMs }
attention-bot-away-do = See the log
attention-loop-silent = { $ageMs ->
    [never] “{ $name }” has never succeeded
   *[other] “{ $name }” last succeeded { $ageMs } ago
  }
attention-loop-silent-do = See the log

## Overview

headline = Main numbers
headline-peers = Peers applied
headline-jobs = Jobs waiting
headline-addresses = Addresses free
headline-loop = Event-loop lag
headline-updates = Bot updates
headline-of = of { $total }
headline-stuck = { $count } stuck
headline-none-stuck = none stuck
panel-database = Database pool
panel-pools = Address pools
panel-jobs = Jobs
panel-loop = Event-loop lag
panel-calls = Calls to the outside
panel-bot = Bot
panel-events = Recent events
not-read = These numbers could not be read. The page goes on trying.
highest = highest { $value } in { $span }
spark = { $name }, last { $span }: now { $latest }, highest { $highest }
pool-in-use = in use
pool-idle = idle
pool-waiting = waiting
pool-max = max
pool-wait = longest wait
pool-bar = { $used } in use, { $idle } idle, at most { $max }
address-free = free
address-leased = leased
address-resting = resting
pool-full = full
pool-young = too new to tell
pool-growth = Growth a day
pool-steady = not running out
pool-days = { $days ->
    [0] less than a day left
    [one] { $days } day left
   *[other] { $days } days left
  }
pools-empty = No address pool yet
pools-empty-do = Add one: without addresses nobody gets a tunnel.
done-per-minute = done per minute
none-stuck = No job is stuck.
stuck-caption = Stuck jobs
stuck-more = { $count ->
    [one] { $count } more stuck job
   *[other] { $count } more stuck jobs
  }
retry = Retry
retry-named = Retry { $name }
freezes = Last freezes
freezes-none = The loop has not stood still.
freeze-ended = the watchdog ended the process
freeze-lost = the process ended meanwhile
loops = Background loops
loops-summary = { $red ->
    [0] { $count } loops, all turn
   *[other] { $count } loops, { $red } without success for too long
  }
loop-never = no success yet
loop-failures = { $count ->
    [one] { $count } failure in a row
   *[other] { $count } failures in a row
  }
loop-restarts = { $count ->
    [one] begun again once
   *[other] begun again { $count } times
  }
calls-none = No call was made yet.
bot-updates = updates per minute
bot-failures = failed
bot-last = last update
bot-polling = long polling
bot-webhook = webhook
bot-off = No bot
bot-off-do = Set BOT_TOKEN and start again: then users can ask for access.
events-none = Nothing has happened yet.
event-started = Adit { $version } started
event-reconciled = Node { $node } compared: { $changes } differences mended
event-reconcile-failed = Node { $node } could not be compared
event-breaker-opened = Calls to { $call } stopped
event-breaker-closed = Calls to { $call } go on
event-freeze = The loop stood still for { $ms } ms; began last: { $running }
event-freeze-ended-process = The process before ended after its loop stood for { $ms } ms; began last: { $running }
event-job-dead = Job { $queue } was given up
event-access-issued = Access issued to { $name }
event-peer-revoked = { $name } revoked
event-database-away = The database went away
event-database-back = The database is back
event-pool-added = Pool { $pool } added

## Drill-down

span = Time span
span-5m = 5 minutes
span-1h = 1 hour
span-24h = 24 hours
history-none = No history yet
history-none-do = Numbers are taken every second; come back in a minute.

## Lists

show = Show
any = any
sort = Sort by
sort-newest = newest
sort-oldest = oldest
sort-name = name
sort-until = end of access
sort-handshake = last handshake
sort-traffic = traffic
sort-address = address
list-changed = This list has changed.
list-show = Show it anew
list-shown = { $count ->
    [one] { $count } line shown
   *[other] { $count } lines shown
  }
list-total = { $count ->
    [one] { $shown } in all
   *[other] { $shown } in all
  }
pages = Pages
previous = Previous
next = Next
none-match = Nothing matches
clear-filters = Show all
no-name = (no name)
col-name = Name
col-state = State
col-plan = Plan
col-until = Until
col-devices = Devices
col-since = Since
col-device = Device
col-account = Account
col-address = Address
col-handshake = Handshake
col-received = Received
col-sent = Sent
col-node = Node
col-changed = Changed
col-applied = Applied
col-job = Job
col-queue = Queue
col-age = Age
col-attempt = Attempt
col-last-error = Last error
col-do = Action
col-created = Created
col-started = Started
col-finished = Finished
col-next = Next try
col-heartbeat = Last sign of life
col-subject = About
col-call = Call
col-per-minute = Per min
col-breaker = Breaker
col-failures = Failures
col-last-failure = Last failure
col-when = When
col-outcome = Outcome
col-took = Took
col-operator = Operator
col-action = Action
col-detail = Details
col-from = From
col-days = Days
col-set-by = Set by
col-variable = Variable
col-value = Value
col-meaning = Meaning
col-agent = Browser
col-seen = Last seen

## Accounts

accounts-search = Name, @username or Telegram id
accounts-empty = Nobody has come yet
accounts-empty-do = Send people to the bot: whoever presses Start appears here.
account-title = Account { $id }
subscription-link = Subscription link, last fetched
never-fetched = never fetched
subscription-revoke = Revoke the link
account-pause = Pause
account-resume = Resume
devices-empty = No devices
devices-empty-do = The user adds them in the bot.
subscriptions = Access
subscription-used = { $used } used
subscription-used-of = { $used } of { $limit } used
subscription-used-up = { $used } of { $limit }: used up
subscriptions-empty = No access yet. Grant some days below.
grant = Grant
grant-days = Days
grant-reason = Reason (kept in the audit)
notes = Notes
notes-empty = No notes yet.
note-new = New note (seen by operators only)
note-add = Add the note
history = History
history-empty = Nothing yet.
history-issued = Access issued
history-delivered = Config delivered
history-reissued = New key
history-applied = Applied on { $node }
history-removed = Removed from { $node }
history-renamed = Renamed to { $name }
history-revoked = Revoked
history-paused = Paused
history-resumed = On again
history-granted = { $days ->
    [one] { $days } day granted: { $reason }
   *[other] { $days } days granted: { $reason }
  }
history-expired = Access ended
history-blocked = Blocked the bot

## Peers

peers-search = Device, name, address or key
peers-empty = No peers yet
peers-empty-do = A peer appears when somebody gets access from the bot.
peer-title = Peer { $id }
peer-reissue = New key
peer-revoke = Revoke
traffic = Traffic
traffic-both = { $down } down, { $up } up
wanted-actual = Wanted against applied
wanted = Wanted
generation = Generation
generation-of = { $applied } of { $wanted } applied
protocol = Protocol
public-key = Public key

## Jobs

jobs-search = Job id, subject or error
job-states = States of jobs
tab-stuck = Stuck
tab-waiting = Waiting
tab-active = Running
tab-retry = Retrying
tab-dead = Dead
tab-done = Done
tab-cancelled = Cancelled
jobs-empty-stuck = No job is stuck
jobs-empty-waiting = No job is waiting
jobs-empty-active = No job is running
jobs-empty-retry = No job is being retried
jobs-empty-dead = No job was given up
jobs-empty-done = No finished job is kept
jobs-empty-cancelled = No job was cancelled
retry-all = Retry all matching…
cancel-all = Cancel all matching…
discard-all = Discard all matching…
job-title = Job { $id }
job-cancel = Cancel…
job-discard = Discard…
payload = Payload
output = Output
output-none = No output.

## Pools, nodes, plans

pool-add = Add a pool
pool-add-about = Its addresses can be given out at once. Ranges may not overlap with a pool that exists.
pool-cidr4 = IPv4 network
pool-cidr6 = IPv6 network (optional)
nodes-empty = No node yet
nodes-empty-do = A node registers itself when its server starts.
peers-applied = Peers applied
peers-active = Active in the last 3 min
of-wanted = { $applied } of { $wanted }
reconcile-runs = Comparisons with the database
reconcile-none = Not compared yet.
reconcile-last = Last successful comparison
reconcile-ok = well
reconcile-equal = nothing to do
reconcile-failed = failed
reconcile-refused = removals held up
drift-added = Added
drift-removed = Removed
drift-changed = Changed
drift-quarantined = Foreign
drift-refused = Held up
endpoint = Clients dial
backend = WireGuard
backend-vless = Xray, driven by
node-open = All comparisons, strangers and decisions
lease = Served by
lease-held = this process
lease-away = another process
plans-about = What an account may use. Plans set by a variable change with the configuration and a restart.
plans-empty = No plans
plans-empty-do = Set TRIAL_DAYS to give new users a trial.
set-by-database = the database

## Audit, settings, logs

audit-search = Operator, subject or address
audit-empty = Nothing was done yet
audit-empty-do = Every act of an operator is kept here: who, what, when and from where.
audit-login = Logged in
audit-login-failures = Logins failed
audit-logout-everywhere = Logged out everywhere
audit-password-change = Password changed
audit-second-factor-on = Second factor on
audit-second-factor-off = Second factor off
audit-recovery-codes-new = New recovery codes
audit-operator-invite = Operator invited
audit-operator-new = Operator set up
audit-operator-reset = Operator began anew
audit-operator-role = Role changed
audit-operator-remove = Operator removed
audit-peer-pause = Peer paused
audit-peer-resume = Peer resumed
audit-logout = Logged out
audit-session-end = Session ended
audit-job-retry = Job retried
audit-job-cancel = Job cancelled
audit-job-discard = Job discarded
audit-jobs-retry = Jobs retried
audit-jobs-cancel = Jobs cancelled
audit-jobs-discard = Jobs discarded
audit-peer-reissue = New key
audit-peer-revoke = Peer revoked
audit-account-pause = Account paused
audit-account-resume = Account resumed
audit-account-grant = Days granted
audit-subscription-revoke = Subscription link revoked
audit-account-note = Note added
audit-pool-add = Pool added
audit-export = List exported
settings-about = What this process runs with. Change it in the environment and restart. Secrets are never shown.
settings-files = Files
settings-database = Database
settings-telegram = Telegram
settings-http = HTTP
settings-wireguard = WireGuard
settings-xray = Xray
settings-reconcile = Comparing
settings-access = Access
settings-log = Log
standard = default
unset = unset
hidden = set, hidden
logs-search = Text in the line
logs-level = From level
logs-dropped = { $shown } older lines of the last hour did not fit and are gone.
logs-empty = No lines
logs-empty-do = Only the last hour is kept here. Try a lower level or another text.
log-fields = Fields of the line

## Way in

login-title = Log in
login = Log in
login-name = Name
password = Password
login-lost = Lost the password? On the server: adit admin create NAME
login-wait = { $seconds ->
    [one] Too many tries. Wait { $seconds } second.
   *[other] Too many tries. Wait { $seconds } seconds.
  }
login-other = Log in as somebody else
setup-first = Make the first operator
setup-first-about = This person owns the dashboard and invites the others.
setup-invited = Choose your password
setup-invited-about = You were invited to this dashboard.
setup-do = Go on
setup-over = This link is no longer good
setup-over-about = It was used, or its time is over.
setup-over-do = On the server: adit admin create NAME prints a new one.
password-new = New password
password-again = The same again
password-hint = At least 12 characters. A sentence is good.
totp-title = Second factor
totp-code = Code from the app
totp-code-hint = Six digits; a new one every 30 seconds. Or a recovery code.
totp-set-up = Set up a second factor
totp-scan = Scan this with an authenticator app, then type the code it shows.
totp-qr = QR code of the second factor
totp-key = Or type this key:
totp-turn-on = Turn it on
totp-on-about = Logging in asks for a code from your app.
totp-off-about = Protect your account: logging in then asks for a code from your phone too.
later = Later
session-this = this one
session-end = End
sessions-end-all = Log out everywhere…

## Confirmations

go-back = Go back
confirm-type = Type { $word } to confirm
confirm-peer-revoke = Revoke this peer?
confirm-peer-revoke-effect = The device is cut off within seconds and its config is worthless. This cannot be undone.
confirm-peer-revoke-do = Revoke it
confirm-peer-reissue = Make a new key?
confirm-peer-reissue-effect = The old config stops working; the user gets the new one from the bot.
confirm-peer-reissue-do = Make a new key
confirm-job-cancel = Cancel this job?
confirm-job-cancel-effect = It will not be tried again unless you retry it.
confirm-job-cancel-do = Cancel the job
confirm-job-discard = Discard this job?
confirm-job-discard-effect = It is deleted with its payload and its output. This cannot be undone.
confirm-job-discard-do = Discard it
confirm-jobs-retry = { $count ->
    [one] Retry { $shown } job?
   *[other] Retry { $shown } jobs?
  }
confirm-jobs-retry-effect = They are tried again as soon as there is room.
confirm-jobs-retry-do = { $count ->
    [one] Retry { $shown } job
   *[other] Retry { $shown } jobs
  }
confirm-jobs-cancel = { $count ->
    [one] Cancel { $shown } job?
   *[other] Cancel { $shown } jobs?
  }
confirm-jobs-cancel-effect = They will not be tried again unless you retry them.
confirm-jobs-cancel-do = { $count ->
    [one] Cancel { $shown } job
   *[other] Cancel { $shown } jobs
  }
confirm-jobs-discard = { $count ->
    [one] Discard { $shown } job?
   *[other] Discard { $shown } jobs?
  }
confirm-jobs-discard-effect = They are deleted with payload and output. This cannot be undone.
confirm-jobs-discard-do = { $count ->
    [one] Discard { $shown } job
   *[other] Discard { $shown } jobs
  }
confirm-account-pause = Pause this account?
confirm-account-pause-effect = { $count ->
    [0] It has no devices now; new ones will not be made.
    [one] Its device is cut off and keeps its address.
   *[other] Its { $shown } devices are cut off and keep their addresses.
  }
confirm-account-pause-do = Pause the account
confirm-account-resume = Let this account go on?
confirm-account-resume-effect = Its devices connect again with the configs they have.
confirm-account-resume-do = Let it go on
confirm-operator-remove = Remove this operator?
confirm-operator-remove-effect = Their logins end at once. What they did stays in the audit.
confirm-operator-remove-do = Remove the operator
confirm-sessions-end = Log out everywhere?
confirm-sessions-end-effect = { $count ->
    [one] Your session ends, this one too.
   *[other] All your { $shown } sessions end, this one too.
  }
confirm-sessions-end-do = Log out everywhere

## Errors

error-not-found = There is no such page
error-not-found-about = The address is wrong, or what was here is gone.
error-forbidden = Your role does not allow this
error-forbidden-about = Ask an owner to do it, or to change your role.
error-refused = This form is out of date
error-refused-about = Go back, load the page again and send the form once more. Nothing was changed.
error-too-many = Too many requests
error-too-many-about = Wait a moment and try again.
error-failed = Something went wrong
error-failed-about = It was not your fault. What happened stands in the log under this number:
error-database-away = The database does not answer
error-database-away-about = Tunnels go on working. This page comes back by itself as soon as the database does.
incident = Incident
try-again = Try again
to-overview = To the overview

## What the vitals tell

attention-node-not-held = Node { $node } is not ours to change: another process holds it, or it is being taken over
attention-node-not-held-do = See the node
attention-bot-unauthorized = Telegram refuses the bot token: check BOT_TOKEN
attention-bot-unauthorized-do = See the log
attention-bot-conflict = Another program takes updates with the same bot token
attention-bot-conflict-do = See the log
attention-no-second-factor = { $count ->
    [one] { $count } operator logs in with a password alone
   *[other] { $count } operators log in with a password alone
 }
attention-no-second-factor-do = Set up a second factor
event-node-taken = Node { $node } taken over
event-node-lost = Node { $node } lost to another process
event-bot-trouble = The bot has trouble: { $state }
event-bot-back = Telegram answers again
event-login = { $operator } logged in
event-operator-acted = { $operator }: { $action }

## Acts and problems of the pages

door-unknown = Not understood in the address and left out: { $names }
did-already = This form was sent before; it was done once.
did-account-pause = { $devices ->
    [one] The account is paused; its device is being cut off.
   *[other] The account is paused; { $devices } devices are being cut off.
  }
did-account-resume = { $devices ->
    [one] The account goes on; its device comes back.
   *[other] The account goes on; { $devices } devices come back.
  }
did-account-grant = { $days ->
    [one] { $days } day granted.
   *[other] { $days } days granted.
  }
did-subscription-revoke = The link is revoked: clients that fetch it get nothing. The user takes a new one in the bot.
did-subscription-gone = There is no subscription link any more.
did-account-note = Noted.
did-peer-reissue = { $device } gets a new key; the bot brings the config.
did-peer-revoke = { $device } is revoked and being cut off.
did-peer-pause = { $device } is paused.
did-peer-resume = { $device } comes back.
did-peer-gone = This peer is revoked already.
refused-no-subscription = Not done: the account has no access now. Grant days first.
refused-account-paused = Not done: the account is paused.
did-job-retry = The job is tried again.
did-job-cancel = The job is cancelled.
did-job-discard = The job is gone.
did-job-moved-on = Not done: the job is gone, or in another state by now.
did-jobs-retry = { $count ->
    [one] { $count } job is tried again.
   *[other] { $count } jobs are tried again.
  }
did-jobs-cancel = { $count ->
    [one] { $count } job cancelled.
   *[other] { $count } jobs cancelled.
  }
did-jobs-discard = { $count ->
    [one] { $count } job discarded.
   *[other] { $count } jobs discarded.
  }
did-jobs-more = { $count ->
    [one] { $count } job done. There are more: do it again.
   *[other] { $count } jobs done. There are more: do it again.
  }
did-pool-add = { $pool } is added with { $count } addresses.
problem-days = A whole number of days, from 1 to { $most }
problem-reason = Say why; it stands in the audit
problem-note-empty = Write something
problem-note-long = At most { $most } letters
problem-typed = That is not what had to be typed
problem-pool-node = There is no such node
problem-network-unreadable = This is no network: write it as address/prefix, for example 10.67.0.0/16
problem-network-prefix = The prefix is at most { $most }
problem-network-host-part = { $given } is a host. Did you mean the network { $meant }?
problem-network-no-room = No room for a server and a device: take /{ $narrowest } or wider
problem-network-too-wide = Wider than /{ $widest }: take a narrower one
problem-network-family = This is not an IPv{ $family } network
problem-network-fewer = It has { $count } addresses for devices, fewer than the { $wanted } of the IPv4 network
problem-network-too-many = Too wide to add at once: add /{ $widest } or narrower ones
problem-pool-overlap = It overlaps { $pool }, which is there already
history-noted = Note added
peer-unapplied = not as wanted yet
peer-never = never connected

## Nodes: comparisons, strangers, removals that wait

reconcile-drift = differs
reconcile-corrected = corrected
reconcile-dry = dry run
drift-now = Drift now
drift-adopted = Adopted
drift-config = wg0.conf
node-title = Node
node-compare = Compare now
node-preview = Dry run
run-title = Comparison
run-title-dry = Dry run
run-dry-about = Nothing of this was done.
run-diff = What differed
run-diff-none = Nothing differed
lines-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
  }
col-key = Key
col-what = How
col-change = Change
col-networks = Allowed IPs
col-first-seen = First seen
held-title-open = { $count ->
    [one] { $shown } removal is held up until you decide
   *[other] { $shown } removals are held up until you decide
  }
held-title-allow = { $count ->
    [one] { $shown } removal was allowed
   *[other] { $shown } removals were allowed
  }
held-title-refuse = { $count ->
    [one] { $shown } peer was kept
   *[other] { $shown } peers were kept
  }
held-of = { $count ->
    [one] { $shown } of { $total } peers on the node is not wanted by the database.
   *[other] { $shown } of { $total } peers on the node are not wanted by the database.
  }
held-empty-database = The database wants no peer at all here: is it the right one, and whole? Look at DATABASE_URL first.
held-empty-listing = The node listed no peer, though the database wants some: look at the node first.
held-partial-listing = The node listed far fewer peers than the database wants: its list may be cut short. Look at the node first.
held-too-many = So many at once are seldom meant: a wrong database or a restored backup looks just like this.
held-stays = Nobody was cut off: they stay connected until you decide. Everything else is corrected as usual.
held-by-allow = allowed by
held-by-refuse = kept by
held-allow = Remove them…
held-allow-effect = cuts these users off; asks once more before
held-refuse = Keep them…
held-refuse-effect = nothing changes, and nobody asks about them again; they can still be removed here later
strangers-title = Strangers
strangers-count = { $count ->
    [one] { $count } stranger
   *[other] { $count } strangers
  }
strangers-none = No strangers
strangers-none-do = Nothing to do. Peers on the node that Adit did not put there would be listed here.
strangers-report = FOREIGN_PEERS=report: they are listed and left alone, unless you decide otherwise here.
strangers-adopt = FOREIGN_PEERS=adopt: they are taken for ours, unless their address is somebody else's.
strangers-remove = FOREIGN_PEERS=remove: they are removed after { $grace }, unless you decide otherwise here.
stranger-waiting = waiting
stranger-kept = kept
stranger-adopted = adopted
stranger-removing = being removed
stranger-removed = removed
stranger-by-policy = by policy
stranger-keep = Keep
stranger-adopt = Adopt
stranger-remove = Remove…
adoption-address-taken = Not adopted: its address is somebody else's.
adoption-address-reserved = Not adopted: its address is the server's or the network's.
adoption-network-overlaps = Not adopted: its network reaches into a pool.
adoption-not-possible = Not adopted: users of this node cannot be adopted.
confirm-stranger-remove = Remove this stranger?
confirm-stranger-remove-effect = It is cut off with the next comparison. Adit has no way to bring it back.
confirm-stranger-remove-do = Remove it
confirm-removal-allow = { $count ->
    [one] Remove { $shown } peer from the node?
   *[other] Remove { $shown } peers from the node?
  }
confirm-removal-allow-effect = Their users are cut off. Only those you were asked about go, each after one more look into the database. Adit cannot bring back what the database does not want.
confirm-removal-allow-do = Remove them
confirm-removal-refuse = { $count ->
    [one] Keep { $shown } peer?
   *[other] Keep { $shown } peers?
  }
confirm-removal-refuse-effect = They stay connected, and nobody is asked about them again. They can still be removed on the page of the node.
confirm-removal-refuse-do = Keep them
did-node-compare = A comparison was asked for; its outcome appears in the list.
did-node-preview = A dry run was asked for; its outcome appears in the list.
did-stranger-keep = It is left alone.
did-stranger-adopt = It counts as one of ours now.
did-stranger-remove = It goes with the next comparison.
did-stranger-gone = It is not on the node any more.
did-removal-allow = { $count ->
    [one] { $count } removal is allowed and under way.
   *[other] { $count } removals are allowed and under way.
  }
did-removal-refuse = They stay; nobody is asked about them again.
did-removal-moved-on = Not done: another number would go by now, or nobody asks any more. Look again.
audit-node-compare = Comparison asked for
audit-node-preview = Dry run asked for
audit-stranger-keep = Stranger kept
audit-stranger-adopt = Stranger adopted
audit-stranger-adopt-refused = Stranger not adopted
audit-stranger-remove = Stranger removed
audit-removal-allow = Held removals allowed
audit-removal-refuse = Held removals refused: peers kept
