/** What the inside reports about itself; names and labels are the contract in docs/operating.md. */
export interface Metrics {
  /** One finished call to the outside. `reason` is absent when it went well. */
  call(name: string, seconds: number, reason?: string): void;
  /** Asked at each reading: a breaker's time passes though nobody calls. */
  breaker(name: string, isOpen: () => boolean): void;
  processStarted(program: string): void;
  /**
   * outcome: handled, repeat, limited, overloaded, failed, ignored. `seconds` is absent for an update that was never
   * taken in hand: it would make an overload look fast.
   */
  update(outcome: string, seconds?: number): void;
  /** A gauge that is read when somebody asks: the function may throw, then the gauge is left out. */
  observe(name: string, help: string, labels: readonly string[], read: GaugeReader): void;
  /** Prometheus text. */
  render(): Promise<string>;
}

export type GaugeReader = () => readonly GaugeValue[] | Promise<readonly GaugeValue[]>;

export interface GaugeValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
