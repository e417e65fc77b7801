import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { OperatorTransaction } from '../../../core/ports/operators.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { operators, recoveryCodes } from '../operator-schema.ts';

/** The second factor's part of the transaction. */
export function secondFactorIn(tx: Tx) {
  return {
    async setPendingTotp(id, totpPendingSealed) {
      await tx.update(operators).set({ totpPendingSealed }).where(eq(operators.id, id));
    },
    async confirmTotp(id, totpLastStep) {
      const pending = sql`totp_pending_sealed`;
      await tx
        .update(operators)
        .set({ totpSealed: pending, totpPendingSealed: null, totpLastStep })
        .where(eq(operators.id, id));
    },
    async dropTotp(id) {
      await tx
        .update(operators)
        .set({ totpSealed: null, totpPendingSealed: null, totpLastStep: null })
        .where(eq(operators.id, id));
      await tx.delete(recoveryCodes).where(eq(recoveryCodes.operatorId, id));
    },
    async useTotpStep(id, step) {
      const unused = or(isNull(operators.totpLastStep), lt(operators.totpLastStep, step));
      const rows = await tx
        .update(operators)
        .set({ totpLastStep: step })
        .where(and(eq(operators.id, id), unused))
        .returning({ id: operators.id });
      return rows.length > 0;
    },
    async setRecoveryCodes(operatorId, hashes) {
      await tx.delete(recoveryCodes).where(eq(recoveryCodes.operatorId, operatorId));
      await tx.insert(recoveryCodes).values(hashes.map((codeHash) => ({ codeHash, operatorId })));
    },
    async useRecoveryCode(operatorId, codeHash) {
      const rows = await tx
        .delete(recoveryCodes)
        .where(and(eq(recoveryCodes.operatorId, operatorId), eq(recoveryCodes.codeHash, codeHash)))
        .returning({ codeHash: recoveryCodes.codeHash });
      return rows.length > 0;
    },
  } satisfies Partial<OperatorTransaction>;
}
