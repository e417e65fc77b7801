# Texts of the bot. Telegram HTML in messages; keys that start with "button" or "toast" are plain text.

## Buttons

button-trial = 🎁 Start the free trial
button-devices = 📱 My devices
button-status = 🩺 Is it working?
button-help = 📖 How to connect
button-language = 🌐 Язык / Language
button-home = 🏠 Home
button-back = ← Back
button-refresh = 🔄 Refresh
button-cancel = Cancel
button-add-device = ➕ Add a device
button-rename = ✏️ Rename
button-reissue = 🔑 New key
button-reissue-device = 🔑 New key: { $device }
button-pause = ⏸ Pause
button-resume = ▶️ Resume
button-revoke = 🗑 Revoke
button-confirm-reissue = Yes, make a new key
button-confirm-revoke = Yes, revoke it
button-system = { $system ->
    [android] Android
    [ios] iPhone, iPad
    [windows] Windows
    [macos] macOS
   *[linux] Linux
  }
button-this-language = English
rename-placeholder = New name

## Short pop-ups

toast-stale = This button is out of date. Here is a fresh one.
toast-not-yours = This button belongs to somebody else.
toast-paused = Paused
toast-resumed = On again
toast-revoked = Revoked

## Start

hello = 👋 Hello, { $name }! This is your private door to the open internet.
preparing = ⏳ Preparing <b>{ $device }</b>…
    The config arrives here by itself in a few seconds.
home-active = ✅ <b>Access is on</b> until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
    Devices: { $devices } of { $limit }.
home-undelivered = ⏳ The config of <b>{ $device }</b> is on its way. If it does not arrive within a minute, take a new key.
home-new = 👋 Hello! You have no access yet, but the trial is free: one tap and it is ready.
home-over = Your access has ended. Your trial was used, thank you for trying! Ask the operator how to go on.
home-used-up = Your traffic is used up, and with it your access. Ask the operator how to go on.
trial-used = You have already used your trial, thank you for trying! Ask the operator how to go on.
trial-off = There are no trials at the moment. Ask the operator for access.
pool-full = 😔 All places are taken right now. We know about it; please try again later.

## Delivery

device-word = Device
config-caption = 📄 <b>{ $device }</b>: your WireGuard config. It works until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
    Keep it to yourself: one file is for one device.
qr-caption = 📷 The same as a QR code: scan it with the WireGuard app on your phone.
ready = ✅ <b>{ $device }</b> is ready!
    Open the file in the WireGuard app, or scan the QR code. Access lasts until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
apology = 😔 Something went wrong with your config and we could not mend it by ourselves. The operator knows. Please try again later with /devices.

told-expired = ⌛ <b>Your access has ended.</b> Your configs stay good: they work again as soon as you have access again. Ask the operator how to go on.
told-limited = 📊 <b>Your traffic is used up</b>, so your access has ended. Your configs stay good: they work again as soon as you have access again. Ask the operator how to go on.

## Devices

devices-title = 📱 <b>Your devices</b>: { $devices } of { $limit }
devices-none = 📱 You have no devices yet. Add the first one!
device-line = { $icon } <b>{ $device }</b>: { $seen }
device-card = { $icon } <b>{ $device }</b>
    Address: <code>{ $address }</code>
    Last contact: { $seen }
    Traffic: ↓ { $down } ↑ { $up }
device-undelivered = ⏳ Its config has not reached you yet. No file for more than a minute? Take a new key.
device-traffic-unknown = not known now
device-limit = You have used all your places: { $limit ->
    [one] { $limit } device
   *[other] { $limit } devices
  }. Revoke one to add another.
device-gone = This device is not there any more.
account-paused = Your access is paused by the operator, so nothing was changed. Ask him how to go on.
no-subscription = Your access has ended, so nothing was changed. Ask the operator how to go on.
confirm-reissue = 🔑 A new key for <b>{ $device }</b>? The old config stops working at once, a new one arrives here.
confirm-revoke = 🗑 Revoke <b>{ $device }</b>? Its config stops working for good.
rename-ask = ✏️ What shall <b>{ $device }</b> be called? Answer with the new name (up to 32 characters).
rename-bad = That name will not do. Please send 1 to 32 ordinary characters on one line.
rename-done = ✏️ Renamed: <b>{ $device }</b>

traffic-used = 📊 Traffic used: { $used }
traffic-used-of = 📊 Traffic used: { $used } of { $limit }
traffic-used-up = 📊 Traffic used up: { $used } of { $limit }

seen = { $unit ->
    [over] access has ended
    [never] never connected
    [unknown] not known now
    [paused] paused
    [now] just now
    [minutes] { $n ->
        [one] { $n } minute ago
       *[other] { $n } minutes ago
      }
    [hours] { $n ->
        [one] { $n } hour ago
       *[other] { $n } hours ago
      }
   *[days] { $n ->
        [one] { $n } day ago
       *[other] { $n } days ago
      }
  }
size = { $unit ->
    [kb] { NUMBER($n, maximumFractionDigits: 0) } KB
    [mb] { NUMBER($n, maximumFractionDigits: 1) } MB
   *[gb] { NUMBER($n, maximumFractionDigits: 2) } GB
  }

## Is it working?

status-title = 🩺 <b>Is it working?</b>
status-node-ok = 🟢 The server answers.
status-node-down = 🔴 The server does not answer right now. We are on it; your config stays good.
status-works = 🟢 <b>{ $device }</b> works: last contact { $seen }.
status-old = 🟡 <b>{ $device }</b>: last contact { $seen }. If it should be on: switch the tunnel off and on, try another network (Wi-Fi or mobile). Still nothing? Take a new key.
status-never = ⚪️ <b>{ $device }</b> has never connected. Open the config in WireGuard and switch the tunnel on; see “How to connect”.
status-over = 🔴 <b>{ $device }</b> is off until you have access again. Its config stays good.
status-paused = ⏸ <b>{ $device }</b> is paused.
status-preparing = ⏳ <b>{ $device }</b> is being set up on the server.
status-unknown = ❔ <b>{ $device }</b>: not known now.
status-no-access = 🔴 You have no access at the moment, so nothing can connect.

## How to connect

help-title = 📖 <b>How to connect</b>
    Which device is it for?
help-steps = { $system ->
    [android] 🤖 <b>Android</b>
        1. Install <b>WireGuard</b> from <a href="https://play.google.com/store/apps/details?id=com.wireguard.android">Google Play</a>.
        2. Tap the file from this chat and choose WireGuard. Or in the app: ➕ → scan the QR code.
        3. Switch the tunnel on.
    [ios] 🍏 <b>iPhone, iPad</b>
        1. Install <b>WireGuard</b> from the <a href="https://apps.apple.com/app/wireguard/id1441195209">App Store</a>.
        2. Tap the file from this chat → Share → WireGuard. Or in the app: ➕ → create from QR code.
        3. Allow the VPN profile and switch the tunnel on.
    [windows] 🪟 <b>Windows</b>
        1. Install <b>WireGuard</b> from <a href="https://www.wireguard.com/install/">wireguard.com/install</a>.
        2. Save the file from this chat.
        3. In the app: “Import tunnel(s) from file”, choose it, press “Activate”.
    [macos] 💻 <b>macOS</b>
        1. Install <b>WireGuard</b> from the <a href="https://apps.apple.com/app/wireguard/id1451685025">App Store</a>.
        2. Save the file from this chat.
        3. In the app: “Import tunnel(s) from file”, choose it, press “Activate”.
   *[linux] 🐧 <b>Linux</b>
        1. Install WireGuard: <code>sudo apt install wireguard</code> or the like.
        2. Save the file as <code>/etc/wireguard/vpn.conf</code>.
        3. Run <code>sudo wg-quick up vpn</code>. To stop: <code>sudo wg-quick down vpn</code>.
  }

## Everything else

language-title = 🌐 Choose a language
hint = 🙂 I understand buttons best. Try these:
try-later = 🛠 We are not available for a minute. Please try again shortly.
busy = 🚦 Very many people are here right now. Please try again in a minute.
slow-down = 🐢 That is a little too fast. Please wait a few seconds.
failed = 😔 Something went wrong. Please try again; if it happens again, tell the operator this number: { $incident }
about-short = Your own WireGuard VPN in a minute: free trial, config and QR right here.

command-start = Start, get access
command-trial = Free trial
command-devices = My devices
command-status = Is it working?
command-help = How to connect
command-language = Язык / Language
