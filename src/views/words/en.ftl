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
button-protocol = { $protocol ->
    [vless] 🔗 VLESS link
   *[wireguard] 🛡 WireGuard
  }
button-link = 🔗 Show the link again
button-copy-link = 📋 Copy
button-subscription = 🔗 Subscription for apps
button-new-subscription = 🔑 New address
button-confirm-new-subscription = Yes, make a new address
button-help-vless = 🔗 How to use a VLESS link
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
    All you need arrives here by itself in a few seconds.
home-active = ✅ <b>Access is on</b> until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
    Devices: { $devices } of { $limit }.
home-undelivered = ⏳ What <b>{ $device }</b> needs is on its way. If it does not arrive within a minute, take a new key.
home-new = 👋 Hello! You have no access yet, but the trial is free: one tap and it is ready.
home-over = ⌛ Your access has ended, and the free trial is used. Keep your configs and links: they work again as soon as you have access. Ask the operator how to go on.
home-used-up = 📊 Your traffic is used up, and with it your access. Keep your configs and links: they work again as soon as you have access. Ask the operator how to go on.
trial-used = You have already used your trial, thank you for trying! Ask the operator how to go on.
trial-off = There are no trials at the moment. Ask the operator for access.
not-on-sale = This kind of access is not offered any more. Please choose again with /devices.
pool-full = 😔 All places are taken right now. We know about it; please try again later.

## Delivery

device-word = Device
config-caption = 📄 <b>{ $device }</b>: your WireGuard config. It works until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
    Keep it to yourself: one file is for one device.
qr-caption = 📷 The same as a QR code: scan it with the WireGuard app on your phone.
ready = ✅ <b>{ $device }</b> is ready!
    Open the file in the WireGuard app, or scan the QR code. Access lasts until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
link-message = 🔗 <b>{ $device }</b>: your VLESS link. Tap it to copy. It works until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).

    <code>{ $link }</code>

    Keep it to yourself: whoever has it uses your access.
link-qr-caption = 📷 The same as a QR code: scan it with your app (v2rayNG, Streisand, Hiddify…).
link-ready = ✅ <b>{ $device }</b> is ready!
    Copy the link into your app, or scan the QR code. Access lasts until { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
link-again = 🔗 <b>{ $device }</b>. Tap the link to copy it, or scan the QR code.

    <code>{ $link }</code>
apology = 😔 Something went wrong with your new device and we could not mend it by ourselves. The operator knows. Please try again later with /devices.

told-expired = ⌛ <b>Your access has ended.</b> Keep your configs and links: they work again as soon as you have access. Ask the operator how to go on.
told-limited = 📊 <b>Your traffic is used up</b>, so your access has ended. Keep your configs and links: they work again as soon as you have access. Ask the operator how to go on.

## Devices

devices-title = 📱 <b>Your devices</b>: { $devices } of { $limit }
devices-none = 📱 You have no devices yet. Add the first one!
device-line = { $icon } <b>{ $device }</b>: { $seen }
device-card = { $icon } <b>{ $device }</b>
    Address: <code>{ $address }</code>
    Last contact: { $seen }
    Traffic: { $traffic }
device-undelivered = ⏳ Its config has not reached you yet. No file for more than a minute? Take a new key.
device-card-vless = { $icon } <b>{ $device }</b>: VLESS link
    Last traffic: { $seen }
    Traffic: { $traffic }
device-undelivered-vless = ⏳ Its link has not reached you yet. “Show the link again” brings it.
device-traffic = ↓ { $down } ↑ { $up }
device-traffic-unknown = no data yet
choose-protocol = ➕ <b>What shall the new device use?</b>

    🛡 <b>WireGuard</b>: fast, easy on the battery, one official app everywhere. Not sure? Take this one.

    🔗 <b>VLESS link</b>: looks like an ordinary website. Take it where WireGuard does not connect: at work, in a hotel, on some mobile networks.
subscription-card = 🔗 <b>Subscription</b>: one address with all your VLESS links. Add it to your app as a subscription, and the app keeps the links up to date by itself.

    <code>{ $url }</code>

    Keep it to yourself: whoever has it uses your access.
subscription-none = There is no subscription address for you now: it needs access that runs and a VLESS device.
confirm-new-subscription = 🔑 A new address? The old one stops working at once; add the new one to your apps. To cut off somebody who has a link itself, take a new key for that device.
device-limit = You have used all your places: { $limit ->
    [one] { $limit } device
   *[other] { $limit } devices
  }. Revoke one to add another.
device-gone = This device is not there any more.
account-paused = Your access is paused by the operator, so nothing was changed. Ask him how to go on.
no-subscription = Your access has ended, so nothing was changed. Ask the operator how to go on.
confirm-reissue = 🔑 A new key for <b>{ $device }</b>? { $protocol ->
    [vless] The old link
   *[wireguard] The old config
  } stops working at once, a new one arrives here.
confirm-revoke = 🗑 Revoke <b>{ $device }</b>? { $protocol ->
    [vless] Its link
   *[wireguard] Its config
  } stops working for good, and its place is free again.
rename-ask = ✏️ What shall <b>{ $device }</b> be called? Answer with the new name (up to 32 characters).
rename-bad = That name will not do. Please send 1 to 32 ordinary characters on one line.
rename-done = ✏️ Renamed: <b>{ $device }</b>

traffic-used = 📊 Traffic used: { $used }
traffic-used-of = 📊 Traffic used: { $used } of { $limit }
traffic-used-up = 📊 Traffic used up: { $used } of { $limit }

seen = { $unit ->
    [over] access has ended
    [never] never connected
    [used] has been used
    [unknown] no data yet
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
status-node-down = 🔴 The server does not answer right now. We are on it; nothing has to be set up anew.
status-works = 🟢 <b>{ $device }</b> works: last contact { $seen }.
status-old = 🟡 <b>{ $device }</b>: last contact { $seen }. If it should be on: switch the tunnel off and on, try another network (Wi-Fi or mobile). Still nothing? Take a new key.
status-never = ⚪️ <b>{ $device }</b> has never connected. Open the config in WireGuard and switch the tunnel on; see “How to connect”.
status-used = 🟢 <b>{ $device }</b> has been used: ↓ { $down } ↑ { $up }. When last is not known.
status-works-vless = 🟢 <b>{ $device }</b> works: last traffic { $seen }.
status-old-vless = 🟡 <b>{ $device }</b>: last traffic { $seen }. That is fine if it was not in use. If it should be on: connect again in the app, try another network. Still nothing? Take a new key.
status-never-vless = ⚪️ <b>{ $device }</b>: no traffic has been counted yet. Add the link to your app and connect; see “How to connect”.
status-unknown-vless = ❔ <b>{ $device }</b> is ready on the server. Whether it is used cannot be seen now.
status-over = 🔴 <b>{ $device }</b> is off until you have access again. Nothing has to be set up anew.
status-paused = ⏸ <b>{ $device }</b> is paused.
status-preparing = ⏳ <b>{ $device }</b> is being set up on the server.
status-unknown = ❔ <b>{ $device }</b>: no data yet.
status-no-access = 🔴 You have no access at the moment, so nothing can connect.

## How to connect

help-title = 📖 <b>How to connect</b>
    Which device is it for?
help-title-both = 📖 <b>How to connect</b>
    For WireGuard choose your device. For a VLESS link take the last button.
help-vless = 🔗 <b>How to use a VLESS link</b>
    1. Install an app. Android: <a href="https://github.com/2dust/v2rayNG/releases">v2rayNG</a> or <a href="https://hiddify.com">Hiddify</a>. iPhone, iPad: <a href="https://apps.apple.com/app/streisand/id6450534064">Streisand</a> or <a href="https://hiddify.com">Hiddify</a>. Windows, macOS, Linux: <a href="https://hiddify.com">Hiddify</a>.
    2. Tap the link in this chat: it is copied. In the app: ➕ → import from clipboard. Or scan the QR code.
    3. Choose the new entry and press “connect”.
    In /devices every VLESS device shows its link again at any time.
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
about-short = Your own VPN in a minute: free trial, config and QR right here.

command-start = Start, get access
command-trial = Free trial
command-devices = My devices
command-status = Is it working?
command-help = How to connect
command-language = Язык / Language
