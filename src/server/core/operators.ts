import type { OperatorId, SessionId } from './ids.ts';

/** What somebody may do. Each role may do all that the ones before it may. */
export const ROLES = ['viewer', 'operator', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who works with the dashboard. */
export interface Operator {
  readonly id: OperatorId;
  readonly name: string;
  readonly role: Role;
}

/** A login that is in force. */
export interface Session {
  readonly id: SessionId;
  readonly operator: Operator;
  readonly startedAt: Date;
}

/** How the audit names an operator. */
export const operatorSubject = (name: string): string => `operator:${name}`;

export const isRole = (text: string): text is Role => ROLES.some((each) => each === text);

export function mayActAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
