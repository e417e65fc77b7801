import type { ButtonProps, MessageProps, Run, TextBlock } from './props.ts';

/** One message with its buttons; `userId` is the person whose screen this is. */
export function Message({ message, userId }: { message: MessageProps; userId: number }) {
  const label = `${message.author}, ${message.time}`;
  return (
    <li id={`m${message.id}`} class={message.isOwn ? 'message own' : 'message'}>
      <article class={message.photo ? 'bubble with-photo' : 'bubble'} aria-label={label}>
        {message.quoted && <p class="quoted">{message.quoted}</p>}
        {message.photo && <Photo photo={message.photo} />}
        {message.document && <Document document={message.document} />}
        {message.text.length > 0 && (
          <div class="text">
            {message.text.map((block) => (
              <Block block={block} />
            ))}
          </div>
        )}
        <footer class="stamp">
          {message.isEdited && <span>edited</span>}
          <time datetime={message.isoTime}>{message.time}</time>
        </footer>
      </article>
      <Keyboard message={message} userId={userId} />
    </li>
  );
}

function Photo({ photo }: { photo: NonNullable<MessageProps['photo']> }) {
  return (
    <a class="photo" href={photo.href} target="_blank" rel="noopener">
      <img
        src={photo.href}
        width={photo.width}
        height={photo.height}
        alt="Sent by the bot; opens in full size"
      />
    </a>
  );
}

function Document({ document }: { document: NonNullable<MessageProps['document']> }) {
  return (
    <a class="document" href={document.href} download={document.name}>
      <span class="document-icon" aria-hidden="true">
        ↓
      </span>
      <span class="document-text">
        <span class="document-name">{document.name}</span>
        <span class="document-size">{document.size} · download</span>
      </span>
    </a>
  );
}

function Keyboard({ message, userId }: { message: MessageProps; userId: number }) {
  if (message.rows.length === 0) return null;
  return (
    <div class="keyboard">
      {message.rows.map((row) => (
        <div class="keyboard-row">
          {row.map((button) => (
            <InlineButton button={button} messageId={message.id} userId={userId} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Block({ block }: { block: TextBlock }) {
  const runs = block.runs.map((run) => <Marked run={run} depth={0} />);
  if (block.kind === 'pre') return <pre>{runs}</pre>;
  if (block.kind === 'quote') return <blockquote>{runs}</blockquote>;
  return <p>{runs}</p>;
}

/** Wraps the run into one element per mark. */
function Marked({ run, depth }: { run: Run; depth: number }) {
  const mark = run.marks[depth];
  if (mark === undefined) {
    if (run.href === null) return <>{run.text}</>;
    return (
      <a href={run.href} target="_blank" rel="noopener noreferrer">
        {run.text}
      </a>
    );
  }
  const inner = <Marked run={run} depth={depth + 1} />;
  switch (mark) {
    case 'bold':
      return <strong>{inner}</strong>;
    case 'italic':
      return <em>{inner}</em>;
    case 'underline':
      return <u>{inner}</u>;
    case 'strikethrough':
      return <s>{inner}</s>;
    case 'code':
      return <code>{inner}</code>;
    case 'spoiler':
      return <span class="spoiler">{inner}</span>;
    default:
      return inner;
  }
}

function InlineButton(props: { button: ButtonProps; messageId: number; userId: number }) {
  const { button, messageId, userId } = props;
  if (button.kind === 'link') {
    return (
      <a class="key" href={button.href ?? '#'} target="_blank" rel="noopener noreferrer">
        {button.text} <LinkIcon />
      </a>
    );
  }
  if (button.kind === 'copy') {
    return (
      <a class="key" href={button.href ?? '#'} data-copy={button.copyText ?? ''}>
        {button.text} <CopyIcon />
      </a>
    );
  }
  if (button.kind === 'inert') {
    return (
      <button class="key" type="button" disabled>
        {button.text}
      </button>
    );
  }
  return (
    <form method="post" action="/chat/press" hx-post="/chat/press" hx-swap="none">
      <input type="hidden" name="user" value={String(userId)} />
      <input type="hidden" name="message" value={String(messageId)} />
      <input type="hidden" name="row" value={String(button.row)} />
      <input type="hidden" name="column" value={String(button.column)} />
      <button
        type="submit"
        class={button.isWaiting ? 'key waiting' : 'key'}
        aria-busy={button.isWaiting ? 'true' : 'false'}
      >
        {button.text}
      </button>
    </form>
  );
}

function CopyIcon() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d="M5.5 5.5h8v8h-8zM10.5 5V2.5h-8v8H5" />
    </svg>
  );
}

function LinkIcon() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4 12 12.5 3.5M6 3h7v7" />
    </svg>
  );
}
