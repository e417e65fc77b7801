export interface BarPart {
  readonly value: number;
  readonly tone: 'used' | 'idle' | 'resting' | 'free' | 'waiting';
}

/** Shares of a whole in one line. The numbers stand beside it as text: the picture is only the label's. */
export function Bar({ parts, label }: { parts: readonly BarPart[]; label: string }) {
  const values = parts.map((part) => (Number.isFinite(part.value) ? Math.max(0, part.value) : 0));
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  let start = 0;
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      {parts.map((part, index) => {
        const width = (values[index]! / total) * 100;
        const x = start;
        start += width;
        return width > 0 ? (
          <rect class={`bar-${part.tone}`} x={x.toFixed(2)} y="0" width={width.toFixed(2)} height="6" />
        ) : null;
      })}
    </svg>
  );
}
