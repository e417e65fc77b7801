# Слова панели. Везде простой текст: страницы экранируют его сами.

## Рамка

skip = К содержанию
menu = Меню
nav-overview = Обзор
nav-accounts = Аккаунты
nav-peers = Пиры
nav-jobs = Задания
nav-pools = Пулы адресов
nav-nodes = Узлы
nav-plans = Тарифы
nav-audit = Аудит
nav-settings = Настройки
nav-logs = Журнал
nav-sessions = Ваши сеансы
role-viewer = наблюдатель
role-operator = оператор
role-owner = владелец
badge = { $count ->
    [one] { $count } пункт требует внимания
    [few] { $count } пункта требуют внимания
   *[many] { $count } пунктов требуют внимания
  }
theme = Тема
theme-system = Авто
theme-light = Светлая
theme-dark = Тёмная
language = Язык
logout = Выйти
live-on = В эфире
live-still = Данные
live-paused = Пауза
live-away = Нет связи, пробуем снова
live-back = Снова в эфире
live-pause = Пауза
refresh = Обновить
close = Закрыть
copy = Копировать
copied = Скопировано

## Клавиатура

help-title = Клавиатура
help-help = эта справка
help-search = поиск
help-rows = следующая, предыдущая строка
help-open = открыть строку
help-refresh = обновить
help-pause = пауза, продолжить
help-escape = выйти, закрыть

## Единицы

size-bytes = { $size } Б
size-kib = { $size } КиБ
size-mib = { $size } МиБ
size-gib = { $size } ГиБ
size-tib = { $size } ТиБ
time-ms = { $n } мс
time-s = { $n } с
time-min = { $n } мин
time-h = { $n } ч
time-d = { $n } д
per-minute = в минуту
max = макс.
never = никогда
none = нет
yes = да
no = нет
on = Включён

## Состояния

health-good = Норма
health-warn = Внимание
health-bad = Сбой
health-unknown = Неизвестно
severity-warn = Внимание
severity-bad = Сбой
account-active = активен
account-expired = истёк
account-limited = трафик израсходован
account-paused = на паузе
account-none = без доступа
account-blocked = закрыл бота
peer-applied = применён
peer-pending = применяется
peer-late = опаздывает
peer-removing = удаляется
peer-paused = на паузе
peer-gone = отозван
job-waiting = ждёт
job-active = идёт
job-retry = повтор
job-dead = брошено
job-done = готово
job-cancelled = отменено
job-stuck = застряло
breaker-closed = замкнут
breaker-half-open = проба
breaker-open = разомкнут
outcome-done = сделано
outcome-refused = отказано
outcome-failed = не вышло

## Требует внимания

attention-title = Требует внимания
attention-bad = { $count ->
    [one] { $count } сбой
    [few] { $count } сбоя
   *[many] { $count } сбоев
}
attention-warn = { $count ->
    [one] { $count } предупреждение
    [few] { $count } предупреждения
   *[many] { $count } предупреждений
}
all-well = Всё в порядке.
all-well-more = Сейчас ничто не требует внимания.
attention-database-away = База данных не отвечает { $ageMs }: { $problem }
attention-database-away-do = Соединения
attention-database-waiting = { $waiting ->
    [one] { $waiting } запрос ждёт соединения с базой; заняты все { $max }
    [few] { $waiting } запроса ждут соединения с базой; заняты все { $max }
   *[many] { $waiting } запросов ждут соединения с базой; заняты все { $max }
  }
attention-database-waiting-do = Соединения
attention-jobs-stuck = { $count ->
    [one] Застряло { $count } задание, уже { $oldestMs }
    [few] Застряли { $count } задания, самое старое { $oldestMs }
   *[many] Застряло { $count } заданий, самое старое { $oldestMs }
  }
attention-jobs-stuck-do = Посмотреть
attention-jobs-dead = { $count ->
    [one] Брошено { $count } задание
    [few] Брошены { $count } задания
   *[many] Брошено { $count } заданий
  }
attention-jobs-dead-do = Посмотреть
attention-peers-late = { $count ->
    [one] { $count } пир нужен, но не применён уже { $oldestMs }
    [few] { $count } пира нужны, но не применены, самый старый { $oldestMs }
   *[many] { $count } пиров нужны, но не применены, самый старый { $oldestMs }
  }
attention-peers-late-do = К пирам
attention-pool-low = { $days ->
    [-1] Пул { $pool } почти полон: свободно { $free } ({ $share } %)
    [0] Пул { $pool } кончится сегодня: свободно { $free } ({ $share } %)
    [one] Пул { $pool } кончится через { $days } день: свободно { $free } ({ $share } %)
    [few] Пул { $pool } кончится через { $days } дня: свободно { $free } ({ $share } %)
   *[many] Пул { $pool } кончится через { $days } дней: свободно { $free } ({ $share } %)
  }
attention-pool-low-do = Добавить пул
attention-breaker-open = Вызовы { $call } остановлены { $sinceMs }: слишком много сбоев
attention-breaker-open-do = К вызовам
attention-loop-lag = Цикл событий опаздывает: p99 { $p99Ms }, самое долгое { $maxMs }
attention-loop-lag-do = К истории
attention-reconcile-overdue = { $ageMs ->
    [never] Узел { $node } ни разу не сверен с базой
   *[other] Узел { $node } сверен с базой { $ageMs } назад
  }
attention-reconcile-overdue-do = К узлу
attention-reconcile-refused = { $count ->
    [one] Узел { $node }: { $count } удаление отложено, нужно ваше решение
    [few] Узел { $node }: { $count } удаления отложены, нужно ваше решение
   *[other] Узел { $node }: { $count } удалений отложены, нужно ваше решение
  }
attention-reconcile-refused-do = Решить
attention-bot-failing = Не обработано обновлений: { $failed } из { $total }
attention-bot-failing-do = В журнал
attention-bot-away = Telegram не отвечает { $ageMs }
attention-bot-away-do = В журнал
attention-loop-silent = { $ageMs ->
    [never] «{ $name }» ещё ни разу не удалось
   *[other] «{ $name }» удалось в последний раз { $ageMs } назад
  }
attention-loop-silent-do = В журнал

## Обзор

headline = Главные числа
headline-peers = Пиров применено
headline-jobs = Заданий ждёт
headline-addresses = Адресов свободно
headline-loop = Отставание цикла
headline-updates = Обновлений бота
headline-of = из { $total }
headline-stuck = застряло: { $count }
headline-none-stuck = ни одно не застряло
panel-database = Соединения с базой
panel-pools = Пулы адресов
panel-jobs = Задания
panel-loop = Отставание цикла событий
panel-calls = Внешние вызовы
panel-bot = Бот
panel-events = Последние события
not-read = Эти числа прочитать не удалось. Страница пробует дальше.
highest = до { $value } за { $span }
spark = { $name }, за { $span }: сейчас { $latest }, наибольшее { $highest }
pool-in-use = занято
pool-idle = простаивает
pool-waiting = ждут
pool-max = предел
pool-wait = долгое ожидание
pool-bar = занято { $used }, простаивает { $idle }, предел { $max }
address-free = свободно
address-leased = выдано
address-resting = отдыхает
pool-full = полон
pool-young = пока неизвестно
pool-growth = Прирост в день
pool-steady = не кончается
pool-days = { $days ->
    [0] меньше дня
    [one] на { $days } день
    [few] на { $days } дня
   *[many] на { $days } дней
  }
pools-empty = Пулов адресов пока нет
pools-empty-do = Добавьте пул: без адресов никто не получит туннель.
done-per-minute = готово в минуту
none-stuck = Ни одно задание не застряло.
stuck-caption = Застрявшие задания
stuck-more = { $count ->
    [one] ещё { $count } застрявшее задание
    [few] ещё { $count } застрявших задания
   *[many] ещё { $count } застрявших заданий
  }
retry = Повторить
retry-named = Повторить { $name }
freezes = Последние остановки
freezes-none = Цикл не останавливался.
freeze-ended = сторож завершил процесс
freeze-lost = процесс за это время завершился
loops = Фоновые циклы
loops-summary = { $red ->
    [0] циклов: { $count }, все работают
   *[other] циклов: { $count }, слишком долго без успеха: { $red }
  }
loop-never = успеха ещё не было
loop-failures = { $count ->
    [one] { $count } неудача подряд
    [few] { $count } неудачи подряд
   *[many] { $count } неудач подряд
  }
loop-restarts = { $count ->
    [one] перезапущен { $count } раз
    [few] перезапущен { $count } раза
   *[many] перезапущен { $count } раз
  }
calls-none = Вызовов ещё не было.
bot-updates = обновлений в минуту
bot-failures = не вышло
bot-last = последнее обновление
bot-polling = опрос
bot-webhook = вебхук
bot-off = Бота нет
bot-off-do = Задайте BOT_TOKEN и перезапустите: тогда люди смогут просить доступ.
events-none = Пока ничего не произошло.
event-started = Adit { $version } запущен
event-reconciled = Узел { $node } сверен, исправлено различий: { $changes }
event-reconcile-failed = Узел { $node } сверить не удалось
event-breaker-opened = Вызовы { $call } остановлены
event-breaker-closed = Вызовы { $call } продолжаются
event-freeze = Цикл стоял { $ms } мс; начато последним: { $running }
event-freeze-ended-process = Прежний процесс завершён: его цикл стоял { $ms } мс; начато последним: { $running }
event-job-dead = Задание { $queue } брошено
event-access-issued = Доступ выдан: { $name }
event-peer-revoked = Отозвано: { $name }
event-database-away = База данных пропала
event-database-back = База данных вернулась
event-pool-added = Добавлен пул { $pool }

## Подробности

span = Промежуток
span-5m = 5 минут
span-1h = 1 час
span-24h = 24 часа
history-none = Истории пока нет
history-none-do = Числа снимаются раз в секунду; загляните через минуту.

## Списки

show = Показать
any = любые
sort = Порядок
sort-newest = новые
sort-oldest = старые
sort-name = имя
sort-until = конец доступа
sort-handshake = рукопожатие
sort-traffic = трафик
sort-address = адрес
list-changed = Список изменился.
list-show = Показать
list-shown = { $count ->
    [one] показана { $count } строка
    [few] показаны { $count } строки
   *[many] показано { $count } строк
  }
list-total = { $count ->
    [one] всего { $shown }
   *[other] всего { $shown }
  }
pages = Страницы
previous = Назад
next = Дальше
none-match = Ничего не нашлось
clear-filters = Показать всё
no-name = (без имени)
col-name = Имя
col-state = Состояние
col-plan = Тариф
col-until = До
col-devices = Устройства
col-since = С
col-device = Устройство
col-account = Аккаунт
col-address = Адрес
col-handshake = Рукопожатие
col-received = Получено
col-sent = Отправлено
col-node = Узел
col-changed = Изменён
col-applied = Применён
col-job = Задание
col-queue = Очередь
col-age = Возраст
col-attempt = Попытка
col-last-error = Последняя ошибка
col-do = Действие
col-created = Создано
col-started = Начато
col-finished = Закончено
col-next = Следующая попытка
col-heartbeat = Признак жизни
col-subject = О чём
col-call = Вызов
col-per-minute = В мин
col-breaker = Предохранитель
col-failures = Сбои
col-last-failure = Последний сбой
col-when = Когда
col-outcome = Итог
col-took = Длилось
col-operator = Оператор
col-action = Действие
col-detail = Подробности
col-from = Откуда
col-days = Дни
col-set-by = Задан
col-variable = Переменная
col-value = Значение
col-meaning = Смысл
col-agent = Браузер
col-seen = Замечен

## Аккаунты

accounts-search = Имя, @username или id в Telegram
accounts-empty = Никто ещё не пришёл
accounts-empty-do = Позовите людей в бота: кто нажмёт «Старт», появится здесь.
account-title = Аккаунт { $id }
subscription-link = Ссылка подписки, последний запрос
never-fetched = ни разу
subscription-revoke = Отозвать ссылку
account-pause = Приостановить
account-resume = Возобновить
devices-empty = Устройств нет
devices-empty-do = Пользователь добавляет их в боте.
subscriptions = Доступ
subscription-used = израсходовано { $used }
subscription-used-of = израсходовано { $used } из { $limit }
subscription-used-up = { $used } из { $limit }: израсходовано всё
subscriptions-empty = Доступа ещё не было. Дни можно добавить ниже.
grant = Добавить
grant-days = Дни
grant-reason = Причина (останется в аудите)
notes = Заметки
notes-empty = Заметок пока нет.
note-new = Новая заметка (видят только операторы)
note-add = Добавить заметку
history = История
history-empty = Пока ничего.
history-issued = Доступ выдан
history-delivered = Конфиг доставлен
history-reissued = Новый ключ
history-applied = Применён на { $node }
history-removed = Удалён с { $node }
history-renamed = Переименован в { $name }
history-revoked = Отозван
history-paused = Приостановлен
history-resumed = Снова включён
history-granted = { $days ->
    [one] Добавлен { $days } день: { $reason }
    [few] Добавлены { $days } дня: { $reason }
   *[many] Добавлено { $days } дней: { $reason }
  }
history-expired = Доступ закончился
history-blocked = Закрыл бота

## Пиры

peers-search = Устройство, имя, адрес или ключ
peers-empty = Пиров пока нет
peers-empty-do = Пир появится, когда кто-нибудь получит доступ в боте.
peer-title = Пир { $id }
peer-reissue = Новый ключ
peer-revoke = Отозвать
traffic = Трафик
traffic-both = { $down } к клиенту, { $up } от него
wanted-actual = Нужно и применено
wanted = Нужен
generation = Поколение
generation-of = применено { $applied } из { $wanted }
protocol = Протокол
public-key = Открытый ключ

## Задания

jobs-search = Id, предмет или ошибка
job-states = Состояния заданий
tab-stuck = Застряли
tab-waiting = Ждут
tab-active = Идут
tab-retry = Повтор
tab-dead = Брошены
tab-done = Готовы
tab-cancelled = Отменены
jobs-empty-stuck = Ни одно задание не застряло
jobs-empty-waiting = Ни одно задание не ждёт
jobs-empty-active = Ни одно задание не идёт
jobs-empty-retry = Ни одно задание не повторяется
jobs-empty-dead = Ни одно задание не брошено
jobs-empty-done = Готовых заданий не хранится
jobs-empty-cancelled = Ни одно задание не отменено
retry-all = Повторить все найденные…
cancel-all = Отменить все найденные…
discard-all = Стереть все найденные…
job-title = Задание { $id }
job-cancel = Отменить…
job-discard = Стереть…
payload = Данные
output = Результат
output-none = Результата нет.

## Пулы, узлы, тарифы

pool-add = Добавить пул
pool-add-about = Адреса можно выдавать сразу. Сети не должны пересекаться с имеющимися пулами.
pool-cidr4 = Сеть IPv4
pool-cidr6 = Сеть IPv6 (необязательно)
nodes-empty = Узлов пока нет
nodes-empty-do = Узел записывается сам, когда запускается его сервер.
peers-applied = Пиров применено
peers-active = Активны за 3 минуты
of-wanted = { $applied } из { $wanted }
reconcile-runs = Сверки с базой
reconcile-none = Ещё не сверялся.
reconcile-last = Последняя удачная сверка
reconcile-ok = хорошо
reconcile-equal = различий нет
reconcile-failed = не вышло
reconcile-refused = удаления отложены
drift-added = Добавлено
drift-removed = Удалено
drift-changed = Изменено
drift-quarantined = Чужие
drift-refused = Отложено
endpoint = Адрес для клиентов
backend = WireGuard
backend-vless = Управление Xray
node-open = Все сверки, чужие пиры и решения
lease = Обслуживает
lease-held = этот процесс
lease-away = другой процесс
plans-about = Что может аккаунт. Тарифы из переменных меняются в настройках после перезапуска.
plans-empty = Тарифов нет
plans-empty-do = Задайте TRIAL_DAYS, чтобы новые люди получали пробный доступ.
set-by-database = базой данных

## Аудит, настройки, журнал

audit-search = Оператор, предмет или адрес
audit-empty = Пока ничего не сделано
audit-empty-do = Здесь хранится каждое действие оператора: кто, что, когда и откуда.
audit-login = Вход
audit-login-failures = Неудачные входы
audit-logout-everywhere = Выход везде
audit-password-change = Пароль сменён
audit-second-factor-on = Второй фактор включён
audit-second-factor-off = Второй фактор выключен
audit-recovery-codes-new = Новые запасные коды
audit-operator-invite = Приглашён оператор
audit-operator-new = Оператор начал работу
audit-operator-reset = Оператор начал заново
audit-operator-role = Роль сменена
audit-operator-remove = Оператор удалён
audit-peer-pause = Пир приостановлен
audit-peer-resume = Пир возобновлён
audit-logout = Выход
audit-session-end = Сеанс завершён
audit-job-retry = Задание повторено
audit-job-cancel = Задание отменено
audit-job-discard = Задание стёрто
audit-jobs-retry = Задания повторены
audit-jobs-cancel = Задания отменены
audit-jobs-discard = Задания стёрты
audit-peer-reissue = Новый ключ
audit-peer-revoke = Пир отозван
audit-account-pause = Аккаунт приостановлен
audit-account-resume = Аккаунт возобновлён
audit-account-grant = Добавлены дни
audit-subscription-revoke = Ссылка подписки отозвана
audit-account-note = Добавлена заметка
audit-pool-add = Добавлен пул
audit-export = Список выгружен
settings-about = С чем работает этот процесс. Меняется в окружении, после перезапуска. Секреты не показываются.
settings-files = Файлы
settings-database = База данных
settings-telegram = Telegram
settings-http = HTTP
settings-wireguard = WireGuard
settings-xray = Xray
settings-reconcile = Сверка
settings-access = Доступ
settings-log = Журнал
standard = обычное
unset = не задано
hidden = задано, скрыто
logs-search = Текст в строке
logs-level = Не ниже
logs-dropped = { $shown } более старых строк за этот час не поместились.
logs-empty = Строк нет
logs-empty-do = Здесь только последний час. Попробуйте уровень ниже или другой текст.
log-fields = Поля строки

## Вход

login-title = Вход
login = Войти
login-name = Имя
password = Пароль
login-lost = Забыли пароль? На сервере: adit admin create ИМЯ
login-wait = { $seconds ->
    [one] Слишком много попыток. Подождите { $seconds } секунду.
    [few] Слишком много попыток. Подождите { $seconds } секунды.
   *[many] Слишком много попыток. Подождите { $seconds } секунд.
  }
login-other = Войти под другим именем
setup-first = Первый оператор
setup-first-about = Этот человек владеет панелью и приглашает остальных.
setup-invited = Выберите пароль
setup-invited-about = Вас пригласили в эту панель.
setup-do = Дальше
setup-over = Ссылка больше не действует
setup-over-about = Её уже использовали, или её время вышло.
setup-over-do = На сервере: adit admin create ИМЯ напечатает новую.
password-new = Новый пароль
password-again = Ещё раз
password-hint = Не короче 12 знаков. Хороша целая фраза.
totp-title = Второй фактор
totp-code = Код из приложения
totp-code-hint = Шесть цифр; новые каждые 30 секунд. Или запасной код.
totp-set-up = Настроить второй фактор
totp-scan = Снимите этот код приложением-аутентификатором и введите цифры, которые оно покажет.
totp-qr = QR-код второго фактора
totp-key = Или введите ключ:
totp-turn-on = Включить
totp-on-about = При входе спрашивается код из вашего приложения.
totp-off-about = Защитите себя: при входе будет спрашиваться ещё и код с телефона.
later = Позже
session-this = этот
session-end = Завершить
sessions-end-all = Выйти везде…

## Подтверждения

go-back = Вернуться
confirm-type = Введите { $word } для подтверждения
confirm-peer-revoke = Отозвать этот пир?
confirm-peer-revoke-effect = Устройство отключится за секунды, его конфиг станет негодным. Вернуть нельзя.
confirm-peer-revoke-do = Отозвать
confirm-peer-reissue = Сделать новый ключ?
confirm-peer-reissue-effect = Старый конфиг перестанет работать; новый пользователь получит от бота.
confirm-peer-reissue-do = Сделать новый ключ
confirm-job-cancel = Отменить это задание?
confirm-job-cancel-effect = Его не будут пробовать снова, пока вы не повторите.
confirm-job-cancel-do = Отменить задание
confirm-job-discard = Стереть это задание?
confirm-job-discard-effect = Оно удаляется вместе с данными и результатом. Вернуть нельзя.
confirm-job-discard-do = Стереть
confirm-jobs-retry = { $count ->
    [one] Повторить { $shown } задание?
    [few] Повторить { $shown } задания?
   *[many] Повторить { $shown } заданий?
  }
confirm-jobs-retry-effect = Их попробуют снова, как только будет место.
confirm-jobs-retry-do = { $count ->
    [one] Повторить { $shown } задание
    [few] Повторить { $shown } задания
   *[many] Повторить { $shown } заданий
  }
confirm-jobs-cancel = { $count ->
    [one] Отменить { $shown } задание?
    [few] Отменить { $shown } задания?
   *[many] Отменить { $shown } заданий?
  }
confirm-jobs-cancel-effect = Их не будут пробовать снова, пока вы не повторите.
confirm-jobs-cancel-do = { $count ->
    [one] Отменить { $shown } задание
    [few] Отменить { $shown } задания
   *[many] Отменить { $shown } заданий
  }
confirm-jobs-discard = { $count ->
    [one] Стереть { $shown } задание?
    [few] Стереть { $shown } задания?
   *[many] Стереть { $shown } заданий?
  }
confirm-jobs-discard-effect = Они удаляются вместе с данными и результатами. Вернуть нельзя.
confirm-jobs-discard-do = { $count ->
    [one] Стереть { $shown } задание
    [few] Стереть { $shown } задания
   *[many] Стереть { $shown } заданий
  }
confirm-account-pause = Приостановить этот аккаунт?
confirm-account-pause-effect = { $count ->
    [0] Устройств сейчас нет; новые создаваться не будут.
    [one] { $shown } устройство отключится и сохранит свой адрес.
    [few] { $shown } устройства отключатся и сохранят свои адреса.
   *[many] { $shown } устройств отключатся и сохранят свои адреса.
  }
confirm-account-pause-do = Приостановить
confirm-account-resume = Возобновить этот аккаунт?
confirm-account-resume-effect = Устройства снова подключатся с теми конфигами, что у них есть.
confirm-account-resume-do = Возобновить
confirm-operator-remove = Удалить этого оператора?
confirm-operator-remove-effect = Его входы завершатся сразу. Сделанное им останется в аудите.
confirm-operator-remove-do = Удалить оператора
confirm-sessions-end = Выйти везде?
confirm-sessions-end-effect = { $count ->
    [one] Закончится ваш сеанс, и этот тоже.
    [few] Закончатся все { $shown } ваших сеанса, и этот тоже.
   *[many] Закончатся все { $shown } ваших сеансов, и этот тоже.
  }
confirm-sessions-end-do = Выйти везде

## Ошибки

error-not-found = Такой страницы нет
error-not-found-about = Адрес неверен, или то, что здесь было, исчезло.
error-forbidden = Ваша роль этого не позволяет
error-forbidden-about = Попросите владельца сделать это или сменить вам роль.
error-refused = Форма устарела
error-refused-about = Вернитесь, загрузите страницу заново и отправьте форму ещё раз. Ничего не изменилось.
error-too-many = Слишком много запросов
error-too-many-about = Подождите немного и попробуйте снова.
error-failed = Что-то пошло не так
error-failed-about = Вы не виноваты. Что случилось, записано в журнале под этим номером:
error-database-away = База данных не отвечает
error-database-away-about = Туннели работают. Страница вернётся сама, как только вернётся база.
incident = Происшествие
try-again = Попробовать снова
to-overview = К обзору

## What the vitals tell

attention-node-not-held = Узел { $node } сейчас не наш: его держит другой процесс, или он передаётся
attention-node-not-held-do = К узлу
attention-bot-unauthorized = Telegram не принимает токен бота: проверьте BOT_TOKEN
attention-bot-unauthorized-do = В журнал
attention-bot-conflict = Обновления с тем же токеном получает другая программа
attention-bot-conflict-do = В журнал
attention-no-second-factor = { $count ->
    [one] { $count } оператор входит только по паролю
    [few] { $count } оператора входят только по паролю
   *[many] { $count } операторов входят только по паролю
 }
attention-no-second-factor-do = Настроить второй фактор
event-node-taken = Узел { $node } принят
event-node-lost = Узел { $node } перешёл к другому процессу
event-bot-trouble = У бота неполадка: { $state }
event-bot-back = Telegram снова отвечает
event-login = Вход: { $operator }
event-operator-acted = { $operator }: { $action }

## Действия страниц и их трудности

door-unknown = Непонятно в адресе и пропущено: { $names }
did-already = Эта форма уже была отправлена; действие выполнено один раз.
did-account-pause = { $devices ->
    [one] Аккаунт приостановлен; { $devices } устройство отключается.
    [few] Аккаунт приостановлен; { $devices } устройства отключаются.
   *[other] Аккаунт приостановлен; отключаются устройства: { $devices }.
  }
did-account-resume = { $devices ->
    [one] Аккаунт снова работает; { $devices } устройство возвращается.
    [few] Аккаунт снова работает; { $devices } устройства возвращаются.
   *[other] Аккаунт снова работает; возвращаются устройства: { $devices }.
  }
did-account-grant = { $days ->
    [one] Выдан { $days } день.
    [few] Выдано { $days } дня.
   *[other] Выдано { $days } дней.
  }
did-subscription-revoke = Ссылка отозвана: по ней больше ничего не отдаётся. Новую пользователь возьмёт в боте.
did-subscription-gone = Ссылки подписки уже нет.
did-account-note = Записано.
did-peer-reissue = { $device }: будет новый ключ, конфиг принесёт бот.
did-peer-revoke = { $device }: отозвано и отключается.
did-peer-pause = { $device }: приостановлено.
did-peer-resume = { $device }: возвращается.
did-peer-gone = Этот пир уже отозван.
refused-no-subscription = Не выполнено: у аккаунта сейчас нет доступа. Сначала выдайте дни.
refused-account-paused = Не выполнено: аккаунт приостановлен.
did-job-retry = Задача выполняется снова.
did-job-cancel = Задача отменена.
did-job-discard = Задача удалена.
did-job-moved-on = Не выполнено: задачи нет или она уже в другом состоянии.
did-jobs-retry = { $count ->
    [one] { $count } задача выполняется снова.
    [few] { $count } задачи выполняются снова.
   *[other] { $count } задач выполняются снова.
  }
did-jobs-cancel = { $count ->
    [one] Отменена { $count } задача.
    [few] Отменены { $count } задачи.
   *[other] Отменено { $count } задач.
  }
did-jobs-discard = { $count ->
    [one] Удалена { $count } задача.
    [few] Удалены { $count } задачи.
   *[other] Удалено { $count } задач.
  }
did-jobs-more = { $count ->
    [one] Сделано: { $count } задача. Есть ещё: повторите.
    [few] Сделано: { $count } задачи. Есть ещё: повторите.
   *[other] Сделано: { $count } задач. Есть ещё: повторите.
  }
did-pool-add = Добавлен { $pool }, адресов: { $count }.
problem-days = Целое число дней, от 1 до { $most }
problem-reason = Скажите зачем; это останется в журнале
problem-note-empty = Напишите что-нибудь
problem-note-long = Не больше { $most } букв
problem-typed = Нужно было ввести другое
problem-pool-node = Такого узла нет
problem-network-unreadable = Это не сеть: напишите адрес/префикс, например 10.67.0.0/16
problem-network-prefix = Префикс не больше { $most }
problem-network-host-part = { $given } — адрес узла. Может быть, сеть { $meant }?
problem-network-no-room = Нет места для сервера и устройства: нужна /{ $narrowest } или шире
problem-network-too-wide = Шире /{ $widest }: возьмите уже
problem-network-family = Это не сеть IPv{ $family }
problem-network-fewer = Адресов для устройств { $count }, меньше, чем { $wanted } в сети IPv4
problem-network-too-many = Слишком много за один раз: добавьте /{ $widest } или уже
problem-pool-overlap = Пересекается с { $pool }, который уже есть
history-noted = Добавлена заметка
peer-unapplied = ещё не как нужно
peer-never = ни разу не подключался

## Узлы: сверки, чужие пиры, отложенные удаления

reconcile-drift = есть различия
reconcile-corrected = исправлено
reconcile-dry = пробная
drift-now = Расхождение сейчас
drift-adopted = Принято
drift-config = wg0.conf
node-title = Узел
node-compare = Сверить сейчас
node-preview = Пробная сверка
run-title = Сверка
run-title-dry = Пробная сверка
run-dry-about = Ничего из этого не сделано.
run-diff = Что различалось
run-diff-none = Различий не было
lines-more = { $count ->
    [one] и ещё { $count }
   *[other] и ещё { $count }
  }
col-key = Ключ
col-what = Как
col-change = Изменение
col-networks = Разрешённые IP
col-first-seen = Замечен
held-title-open = { $count ->
    [one] { $shown } удаление отложено: нужно ваше решение
    [few] { $shown } удаления отложены: нужно ваше решение
   *[other] { $shown } удалений отложены: нужно ваше решение
  }
held-title-allow = { $count ->
    [one] { $shown } удаление разрешено
    [few] { $shown } удаления разрешены
   *[other] { $shown } удалений разрешены
  }
held-title-refuse = { $count ->
    [one] { $shown } пир оставлен
    [few] { $shown } пира оставлены
   *[other] { $shown } пиров оставлены
  }
held-of = { $count ->
    [one] По базе на узле лишний { $shown } пир из { $total }.
    [few] По базе на узле лишние { $shown } пира из { $total }.
   *[other] По базе на узле лишние { $shown } пиров из { $total }.
  }
held-empty-database = По базе здесь не должно быть ни одного пира: та ли это база и цела ли она? Сначала проверьте DATABASE_URL.
held-empty-listing = Узел не назвал ни одного пира, хотя по базе они должны быть: сначала проверьте узел.
held-partial-listing = Узел назвал гораздо меньше пиров, чем должно быть по базе: список мог оборваться. Сначала проверьте узел.
held-too-many = Столько сразу редко удаляют нарочно: так же выглядят не та база и восстановленная копия.
held-stays = Связь никто не потерял: они работают, пока вы не решите. Всё остальное исправляется как обычно.
held-by-allow = разрешил(а)
held-by-refuse = оставил(а)
held-allow = Удалить их…
held-allow-effect = эти люди потеряют связь; перед этим будет ещё один вопрос
held-refuse = Оставить их…
held-refuse-effect = ничего не изменится, и больше о них не спросят; удалить их здесь можно и позже
strangers-title = Чужие пиры
strangers-count = { $count ->
    [one] { $count } чужой пир
    [few] { $count } чужих пира
   *[other] { $count } чужих пиров
  }
strangers-none = Чужих пиров нет
strangers-none-do = Делать ничего не нужно. Здесь появились бы пиры узла, которых Adit на него не ставил.
strangers-report = FOREIGN_PEERS=report: они показаны здесь и оставлены в покое, если вы не решите иначе.
strangers-adopt = FOREIGN_PEERS=adopt: они считаются своими, если их адрес ничей.
strangers-remove = FOREIGN_PEERS=remove: они удаляются через { $grace }, если вы не решите иначе.
stranger-waiting = ждёт
stranger-kept = оставлен
stranger-adopted = принят
stranger-removing = удаляется
stranger-removed = удалён
stranger-by-policy = по настройке
stranger-keep = Оставить
stranger-adopt = Принять
stranger-remove = Удалить…
adoption-address-taken = Не принят: его адрес принадлежит другому.
adoption-address-reserved = Не принят: его адрес занят сервером или сетью.
adoption-network-overlaps = Не принят: его сеть заходит в пул.
adoption-not-possible = Не принят: пользователей этого узла принять нельзя.
confirm-stranger-remove = Удалить этот чужой пир?
confirm-stranger-remove-effect = Он отключится при следующей сверке. Вернуть его Adit не сможет.
confirm-stranger-remove-do = Удалить
confirm-removal-allow = { $count ->
    [one] Удалить с узла { $shown } пир?
    [few] Удалить с узла { $shown } пира?
   *[other] Удалить с узла { $shown } пиров?
  }
confirm-removal-allow-effect = Эти люди потеряют связь. Удаляются только те, о ком был вопрос, каждый после ещё одного взгляда в базу. Чего нет в базе, Adit вернуть не сможет.
confirm-removal-allow-do = Удалить их
confirm-removal-refuse = { $count ->
    [one] Оставить { $shown } пир?
    [few] Оставить { $shown } пира?
   *[other] Оставить { $shown } пиров?
  }
confirm-removal-refuse-effect = Они остаются на связи, и больше о них не спрашивают. Удалить их на странице узла можно и позже.
confirm-removal-refuse-do = Оставить их
did-node-compare = Сверка заказана; итог появится в списке.
did-node-preview = Пробная сверка заказана; итог появится в списке.
did-stranger-keep = Он оставлен в покое.
did-stranger-adopt = Теперь он считается своим.
did-stranger-remove = Он удаляется при следующей сверке.
did-stranger-gone = Его на узле уже нет.
did-removal-allow = { $count ->
    [one] { $count } удаление разрешено и выполняется.
    [few] { $count } удаления разрешены и выполняются.
   *[other] { $count } удалений разрешены и выполняются.
  }
did-removal-refuse = Они остаются; больше о них не спрашивают.
did-removal-moved-on = Не выполнено: теперь речь о другом числе, или вопрос снят. Посмотрите ещё раз.
audit-node-compare = Заказана сверка
audit-node-preview = Заказана пробная сверка
audit-stranger-keep = Чужой пир оставлен
audit-stranger-adopt = Чужой пир принят
audit-stranger-adopt-refused = Чужой пир не принят
audit-stranger-remove = Чужой пир удалён
audit-removal-allow = Отложенные удаления разрешены
audit-removal-refuse = В удалениях отказано: пиры оставлены
