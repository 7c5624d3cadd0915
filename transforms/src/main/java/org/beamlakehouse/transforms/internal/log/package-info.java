/**
 * Logs of sources that begin anew: noticing them, and telling on which side of a beginning a record
 * stands. Pure functions of what records say of themselves; docs/concepts.md has the reasoning.
 *
 * <p>A {@link org.beamlakehouse.transforms.internal.log.LogWatch} looks at the records of one piece
 * of bronze and gives {@link org.beamlakehouse.transforms.internal.log.LogPiece}s. {@link
 * org.beamlakehouse.transforms.internal.log.LogJudge} sets those of all pieces beside what was
 * taken in before ({@link org.beamlakehouse.transforms.internal.log.LogMark}) and finds {@link
 * org.beamlakehouse.transforms.internal.log.LogBeginning}s. Those that the operator confirmed are
 * the {@link org.beamlakehouse.transforms.internal.log.LogNumbers} that every later reading goes
 * by.
 *
 * <p>Beside that each table keeps {@link org.beamlakehouse.transforms.internal.log.LogTimes}, by
 * which it is noticed that changes without a position have no place among those with one.
 */
package org.beamlakehouse.transforms.internal.log;
