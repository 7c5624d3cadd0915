package org.beamlakehouse.pipelines.internal.gold.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** How often a query reads its tables. */
final class TableScans {

  private TableScans() {}

  /** One entry per time a table is read; a WITH query counts as often as it is used. */
  static List<String> scans(SqlNode query) {
    return scans(query, Map.of());
  }

  /**
   * Walks a query.
   *
   * @param with the tables that the WITH queries in scope read
   */
  private static List<String> scans(SqlNode node, Map<String, List<String>> with) {
    List<String> scans = new ArrayList<>();
    if (node instanceof SqlWith query) {
      Map<String, List<String>> inner = new HashMap<>(with);
      for (SqlNode item : query.withList) {
        SqlWithItem named = (SqlWithItem) item;
        inner.put(named.name.getSimple(), scans(named.query, inner));
      }
      scans.addAll(scans(query.body, inner));
    } else if (node instanceof SqlSelect select) {
      if (select.getFrom() != null) {
        scans.addAll(from(select.getFrom(), with));
      }
      for (SqlNode clause : select.getOperandList()) {
        if (clause != null && clause != select.getFrom()) {
          scans.addAll(nested(clause, with));
        }
      }
    } else {
      scans.addAll(nested(node, with));
    }
    return scans;
  }

  private static List<String> from(SqlNode node, Map<String, List<String>> with) {
    if (node instanceof SqlIdentifier id) {
      if (id.isSimple() && with.containsKey(id.getSimple())) {
        return with.get(id.getSimple());
      }
      return List.of(String.join(".", id.names));
    }
    List<String> scans = new ArrayList<>();
    if (node instanceof SqlJoin join) {
      scans.addAll(from(join.getLeft(), with));
      scans.addAll(from(join.getRight(), with));
      if (join.getCondition() != null) {
        scans.addAll(nested(join.getCondition(), with));
      }
    } else if (node instanceof SqlBasicCall call
        && (call.getKind() == SqlKind.AS
            || call.getKind() == SqlKind.TABLE_REF
            || call.getKind() == SqlKind.TABLESAMPLE
            || call.getKind() == SqlKind.LATERAL)) {
      scans.addAll(from(call.operand(0), with));
    } else {
      scans.addAll(scans(node, with));
    }
    return scans;
  }

  /** The scans of the queries inside a clause. */
  private static List<String> nested(SqlNode clause, Map<String, List<String>> with) {
    List<String> scans = new ArrayList<>();
    clause.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlCall call) {
            if (call instanceof SqlSelect || call instanceof SqlWith) {
              scans.addAll(scans(call, with));
              return null;
            }
            return super.visit(call);
          }
        });
    return scans;
  }
}
