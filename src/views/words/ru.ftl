# Тексты бота. В сообщениях HTML Телеграма; ключи на "button" и "toast" без разметки.

## Кнопки

button-trial = 🎁 Начать бесплатный период
button-devices = 📱 Мои устройства
button-status = 🩺 Работает ли?
button-help = 📖 Как подключиться
button-language = 🌐 Язык / Language
button-home = 🏠 Главная
button-back = ← Назад
button-refresh = 🔄 Обновить
button-cancel = Отмена
button-add-device = ➕ Добавить устройство
button-rename = ✏️ Переименовать
button-reissue = 🔑 Новый ключ
button-reissue-device = 🔑 Новый ключ: { $device }
button-pause = ⏸ Приостановить
button-resume = ▶️ Включить
button-revoke = 🗑 Удалить
button-confirm-reissue = Да, выдать новый ключ
button-confirm-revoke = Да, удалить
button-system = { $system ->
    [android] Android
    [ios] iPhone, iPad
    [windows] Windows
    [macos] macOS
   *[linux] Linux
  }
button-this-language = Русский
button-protocol = { $protocol ->
    [vless] 🔗 Ссылка VLESS
   *[wireguard] 🛡 WireGuard
  }
button-link = 🔗 Показать ссылку ещё раз
button-copy-link = 📋 Скопировать
button-subscription = 🔗 Подписка для приложений
button-new-subscription = 🔑 Новый адрес
button-confirm-new-subscription = Да, выдать новый адрес
button-help-vless = 🔗 Как пользоваться ссылкой VLESS
rename-placeholder = Новое имя

## Короткие ответы

toast-stale = Эта кнопка устарела. Вот свежая.
toast-not-yours = Это чужая кнопка.
toast-paused = Приостановлено
toast-resumed = Снова включено
toast-revoked = Удалено

## Начало

hello = 👋 Здравствуйте, { $name }! Это ваша личная дверь в открытый интернет.
preparing = ⏳ Готовим <b>{ $device }</b>…
    Всё нужное придёт сюда само через несколько секунд.
home-active = ✅ <b>Доступ включён</b> до { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
    Устройства: { $devices } из { $limit }.
home-undelivered = ⏳ Всё нужное для <b>{ $device }</b> уже в пути. Если за минуту не придёт, возьмите новый ключ.
home-new = 👋 Здравствуйте! Доступа пока нет, но пробный период бесплатный: одно нажатие, и всё готово.
home-over = ⌛ Доступ закончился, и пробный период уже использован. Сохраните конфиги и ссылки: они заработают, как только доступ появится. Спросите оператора, как продолжить.
home-used-up = 📊 Трафик израсходован, и доступ закончился. Сохраните конфиги и ссылки: они заработают, как только доступ появится. Спросите оператора, как продолжить.
trial-used = Вы уже использовали пробный период, спасибо, что попробовали! Спросите оператора, как продолжить.
trial-off = Пробного периода сейчас нет. Попросите доступ у оператора.
not-on-sale = Такой доступ больше не предлагается. Выберите, пожалуйста, ещё раз: /devices.
pool-full = 😔 Сейчас все места заняты. Мы об этом знаем; загляните, пожалуйста, позже.

## Доставка

device-word = Устройство
config-caption = 📄 <b>{ $device }</b>: ваш конфиг WireGuard. Работает до { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
    Никому его не передавайте: один файл для одного устройства.
qr-caption = 📷 То же самое QR-кодом: отсканируйте его в приложении WireGuard на телефоне.
ready = ✅ <b>{ $device }</b> готово!
    Откройте файл в приложении WireGuard или отсканируйте QR-код. Доступ до { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
link-message = 🔗 <b>{ $device }</b>: ваша ссылка VLESS. Нажмите на неё, чтобы скопировать. Работает до { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).

    <code>{ $link }</code>

    Никому её не передавайте: у кого она есть, тот пользуется вашим доступом.
link-qr-caption = 📷 То же самое QR-кодом: отсканируйте его в приложении (v2rayNG, Streisand, Hiddify…).
link-ready = ✅ <b>{ $device }</b> готово!
    Вставьте ссылку в приложение или отсканируйте QR-код. Доступ до { DATETIME($until, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit") } (UTC).
link-again = 🔗 <b>{ $device }</b>. Нажмите на ссылку, чтобы скопировать, или отсканируйте QR-код.

    <code>{ $link }</code>
apology = 😔 С новым устройством что-то пошло не так, и сами мы не справились. Оператор уже знает. Попробуйте, пожалуйста, позже: /devices.

told-expired = ⌛ <b>Доступ закончился.</b> Сохраните конфиги и ссылки: они заработают, как только доступ появится. Спросите оператора, как продолжить.
told-limited = 📊 <b>Трафик израсходован</b>, поэтому доступ закончился. Сохраните конфиги и ссылки: они заработают, как только доступ появится. Спросите оператора, как продолжить.

## Устройства

devices-title = 📱 <b>Ваши устройства</b>: { $devices } из { $limit }
devices-none = 📱 Устройств пока нет. Добавьте первое!
device-line = { $icon } <b>{ $device }</b>: { $seen }
device-card = { $icon } <b>{ $device }</b>
    Адрес: <code>{ $address }</code>
    Последняя связь: { $seen }
    Трафик: { $traffic }
device-undelivered = ⏳ Конфиг до вас ещё не дошёл. Файла нет больше минуты? Возьмите новый ключ.
device-card-vless = { $icon } <b>{ $device }</b>: ссылка VLESS
    Последний трафик: { $seen }
    Трафик: { $traffic }
device-undelivered-vless = ⏳ Ссылка до вас ещё не дошла. Её покажет кнопка «Показать ссылку ещё раз».
device-traffic = ↓ { $down } ↑ { $up }
device-traffic-unknown = данных пока нет
choose-protocol = ➕ <b>Чем будет пользоваться новое устройство?</b>

    🛡 <b>WireGuard</b>: быстро, бережёт батарею, одно официальное приложение для всех систем. Не уверены? Берите его.

    🔗 <b>Ссылка VLESS</b>: выглядит как обычный сайт. Берите её там, где WireGuard не подключается: на работе, в гостинице, у некоторых мобильных операторов.
subscription-card = 🔗 <b>Подписка</b>: один адрес со всеми вашими ссылками VLESS. Добавьте его в приложение как подписку, и оно само будет обновлять ссылки.

    <code>{ $url }</code>

    Никому его не передавайте: у кого он есть, тот пользуется вашим доступом.
subscription-none = Сейчас адреса подписки для вас нет: нужен действующий доступ и устройство с VLESS.
confirm-new-subscription = 🔑 Выдать новый адрес? Старый сразу перестанет работать; добавьте новый в приложения. Чтобы отключить того, у кого есть сама ссылка, возьмите новый ключ для этого устройства.
device-limit = Все места заняты: { $limit ->
    [one] { $limit } устройство
    [few] { $limit } устройства
   *[many] { $limit } устройств
  }. Удалите одно, чтобы добавить другое.
device-gone = Этого устройства уже нет.
account-paused = Оператор приостановил ваш доступ, поэтому ничего не изменилось. Спросите его, как продолжить.
no-subscription = Доступ закончился, поэтому ничего не изменилось. Спросите оператора, как продолжить.
confirm-reissue = 🔑 Выдать новый ключ для «<b>{ $device }</b>»? { $protocol ->
    [vless] Старая ссылка сразу перестанет работать, новая придёт сюда.
   *[wireguard] Старый конфиг сразу перестанет работать, новый придёт сюда.
  }
confirm-revoke = 🗑 Удалить «<b>{ $device }</b>»? { $protocol ->
    [vless] Ссылка
   *[wireguard] Конфиг
  } перестанет работать навсегда, а место освободится.
rename-ask = ✏️ Как назвать «<b>{ $device }</b>»? Ответьте новым именем (до 32 символов).
rename-bad = Такое имя не подойдёт. Пришлите, пожалуйста, от 1 до 32 обычных символов одной строкой.
rename-done = ✏️ Новое имя: <b>{ $device }</b>

traffic-used = 📊 Израсходовано трафика: { $used }
traffic-used-of = 📊 Израсходовано трафика: { $used } из { $limit }
traffic-used-up = 📊 Трафик израсходован: { $used } из { $limit }

seen = { $unit ->
    [over] доступ закончился
    [never] ещё не подключалось
    [used] уже использовалось
    [unknown] данных пока нет
    [paused] приостановлено
    [now] только что
    [minutes] { $n ->
        [one] { $n } минуту назад
        [few] { $n } минуты назад
       *[many] { $n } минут назад
      }
    [hours] { $n ->
        [one] { $n } час назад
        [few] { $n } часа назад
       *[many] { $n } часов назад
      }
   *[days] { $n ->
        [one] { $n } день назад
        [few] { $n } дня назад
       *[many] { $n } дней назад
      }
  }
size = { $unit ->
    [kb] { NUMBER($n, maximumFractionDigits: 0) } КБ
    [mb] { NUMBER($n, maximumFractionDigits: 1) } МБ
   *[gb] { NUMBER($n, maximumFractionDigits: 2) } ГБ
  }

## Работает ли?

status-title = 🩺 <b>Работает ли?</b>
status-node-ok = 🟢 Сервер отвечает.
status-node-down = 🔴 Сервер сейчас не отвечает. Мы уже занимаемся; настраивать заново ничего не придётся.
status-works = 🟢 <b>{ $device }</b> работает: последняя связь { $seen }.
status-old = 🟡 <b>{ $device }</b>: последняя связь { $seen }. Если туннель должен работать: выключите его и включите, попробуйте другую сеть (Wi-Fi или мобильную). Не помогло? Возьмите новый ключ.
status-never = ⚪️ <b>{ $device }</b> ещё ни разу не подключалось. Откройте конфиг в WireGuard и включите туннель; подробности в «Как подключиться».
status-used = 🟢 <b>{ $device }</b> уже использовалось: ↓ { $down } ↑ { $up }. Когда в последний раз, неизвестно.
status-works-vless = 🟢 <b>{ $device }</b> работает: последний трафик { $seen }.
status-old-vless = 🟡 <b>{ $device }</b>: последний трафик { $seen }. Если устройством не пользовались, всё в порядке. Если должно работать: подключитесь в приложении заново, попробуйте другую сеть. Не помогло? Возьмите новый ключ.
status-never-vless = ⚪️ <b>{ $device }</b>: трафика ещё не было. Добавьте ссылку в приложение и подключитесь; подробности в «Как подключиться».
status-unknown-vless = ❔ <b>{ $device }</b>: на сервере всё готово. Пользуются ли ссылкой, сейчас не видно.
status-over = 🔴 <b>{ $device }</b> отключено, пока нет доступа. Настраивать заново ничего не придётся.
status-paused = ⏸ <b>{ $device }</b> приостановлено.
status-preparing = ⏳ <b>{ $device }</b> настраивается на сервере.
status-unknown = ❔ <b>{ $device }</b>: данных пока нет.
status-no-access = 🔴 Доступа сейчас нет, поэтому подключиться не получится.

## Как подключиться

help-title = 📖 <b>Как подключиться</b>
    Для какого устройства?
help-title-both = 📖 <b>Как подключиться</b>
    Для WireGuard выберите своё устройство. Для ссылки VLESS нажмите последнюю кнопку.
help-vless = 🔗 <b>Как пользоваться ссылкой VLESS</b>
    1. Установите приложение. Android: <a href="https://github.com/2dust/v2rayNG/releases">v2rayNG</a> или <a href="https://hiddify.com">Hiddify</a>. iPhone, iPad: <a href="https://apps.apple.com/app/streisand/id6450534064">Streisand</a> или <a href="https://hiddify.com">Hiddify</a>. Windows, macOS, Linux: <a href="https://hiddify.com">Hiddify</a>.
    2. Нажмите на ссылку в этом чате: она скопируется. В приложении: ➕ → импорт из буфера обмена. Или отсканируйте QR-код.
    3. Выберите новую строку и нажмите «подключить».
    В /devices каждое устройство с VLESS в любой момент покажет свою ссылку ещё раз.
help-steps = { $system ->
    [android] 🤖 <b>Android</b>
        1. Установите <b>WireGuard</b> из <a href="https://play.google.com/store/apps/details?id=com.wireguard.android">Google Play</a>.
        2. Нажмите на файл в этом чате и выберите WireGuard. Или в приложении: ➕ → сканировать QR-код.
        3. Включите туннель.
    [ios] 🍏 <b>iPhone, iPad</b>
        1. Установите <b>WireGuard</b> из <a href="https://apps.apple.com/app/wireguard/id1441195209">App Store</a>.
        2. Нажмите на файл в этом чате → Поделиться → WireGuard. Или в приложении: ➕ → создать из QR-кода.
        3. Разрешите профиль VPN и включите туннель.
    [windows] 🪟 <b>Windows</b>
        1. Установите <b>WireGuard</b> с <a href="https://www.wireguard.com/install/">wireguard.com/install</a>.
        2. Сохраните файл из этого чата.
        3. В приложении: «Импорт туннелей из файла», выберите его и нажмите «Подключить».
    [macos] 💻 <b>macOS</b>
        1. Установите <b>WireGuard</b> из <a href="https://apps.apple.com/app/wireguard/id1451685025">App Store</a>.
        2. Сохраните файл из этого чата.
        3. В приложении: «Импорт туннелей из файла», выберите его и нажмите «Подключить».
   *[linux] 🐧 <b>Linux</b>
        1. Установите WireGuard: <code>sudo apt install wireguard</code> или как принято у вас.
        2. Сохраните файл как <code>/etc/wireguard/vpn.conf</code>.
        3. Выполните <code>sudo wg-quick up vpn</code>. Остановить: <code>sudo wg-quick down vpn</code>.
  }

## Всё остальное

language-title = 🌐 Выберите язык
hint = 🙂 Мне понятнее кнопки. Попробуйте эти:
try-later = 🛠 Мы недоступны буквально минуту. Попробуйте, пожалуйста, чуть позже.
busy = 🚦 Сейчас здесь очень много людей. Попробуйте, пожалуйста, через минуту.
slow-down = 🐢 Чуть-чуть помедленнее, пожалуйста. Подождите пару секунд.
failed = 😔 Что-то пошло не так. Попробуйте ещё раз; если повторится, назовите оператору этот номер: { $incident }
about-short = Личный VPN за минуту: пробный период, конфиг и QR прямо здесь.

command-start = Начать, получить доступ
command-trial = Пробный период
command-devices = Мои устройства
command-status = Работает ли?
command-help = Как подключиться
command-language = Язык / Language
