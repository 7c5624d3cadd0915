package org.beamlakehouse.pipelines.internal.gold.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.config.Lex;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Where a query names tables and columns. Found by parsing, with the lexical rules of Beam SQL. */
final class TableReferences {
  /** Lexical rules of Beam SQL: names as written, quoted with backticks. */
  static final SqlParser.Config PARSER =
      SqlParser.config().withLex(Lex.JAVA).withUnquotedCasing(Casing.UNCHANGED);

  private record Reference(String table, SqlParserPos position, boolean aliased) {}

  private final String sql;
  private final List<Reference> references = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private boolean star;

  private TableReferences(String sql) {
    this.sql = sql;
  }

  /**
   * The references of a query.
   *
   * @throws SqlParseException where it is no query
   */
  static TableReferences of(String sql) throws SqlParseException {
    TableReferences found = new TableReferences(sql);
    SqlNode query = SqlParser.create(sql, PARSER).parseQuery();
    query.accept(found.new Finder(Set.of()));
    return found;
  }

  /** Tables with a namespace that the query reads, in the order of their first mention. */
  Set<String> tables() {
    Set<String> tables = new LinkedHashSet<>();
    references.forEach(reference -> tables.add(reference.table()));
    return tables;
  }

  /** True where the query may use a column of this name. */
  boolean mayUse(String column) {
    return star || names.contains(column);
  }

  /** Beam SQL's name for a table: its tables have no namespaces. */
  static String flatName(String table) {
    return table.replace(".", "__");
  }

  /** The query with tables under their {@link #flatName}, each still known by its own last name. */
  String flattened() {
    StringBuilder text = new StringBuilder(sql);
    List<Reference> lastFirst = new ArrayList<>(references);
    lastFirst.sort(
        Comparator.comparingInt((Reference r) -> offset(r.position(), false)).reversed());
    for (Reference reference : lastFirst) {
      String last = reference.table().substring(reference.table().lastIndexOf('.') + 1);
      text.replace(
          offset(reference.position(), false),
          offset(reference.position(), true),
          "`"
              + flatName(reference.table())
              + "`"
              + (reference.aliased() ? "" : " AS `" + last + "`"));
    }
    return text.toString();
  }

  private int offset(SqlParserPos position, boolean end) {
    int line = end ? position.getEndLineNum() : position.getLineNum();
    int at = 0;
    for (int i = 1; i < line; i++) {
      at = sql.indexOf('\n', at) + 1;
    }
    // Positions count from 1; an end is that of the last character.
    return at + (end ? position.getEndColumnNum() : position.getColumnNum() - 1);
  }

  /** Walks a query; knows the names that WITH has bound. */
  private final class Finder extends SqlBasicVisitor<Void> {
    private final Set<String> bound;

    Finder(Set<String> bound) {
      this.bound = bound;
    }

    @Override
    public Void visit(SqlIdentifier identifier) {
      if (identifier.isStar()) {
        star = true;
      } else {
        names.addAll(identifier.names);
      }
      return null;
    }

    @Override
    public Void visit(SqlCall call) {
      if (call instanceof SqlWith with) {
        Set<String> inner = new HashSet<>(bound);
        for (SqlNode item : with.withList) {
          SqlWithItem bind = (SqlWithItem) item;
          bind.query.accept(new Finder(Set.copyOf(inner)));
          inner.add(bind.name.getSimple());
        }
        return with.body.accept(new Finder(inner));
      }
      if (call instanceof SqlSelect select) {
        from(select.getFrom(), false);
        for (SqlNode operand : select.getOperandList()) {
          if (operand != null && operand != select.getFrom()) {
            operand.accept(this);
          }
        }
        return null;
      }
      // COUNT(*) reads no column.
      if (call.getKind() == SqlKind.COUNT
          && call.operandCount() == 1
          && call.operand(0) instanceof SqlIdentifier argument
          && argument.isStar()) {
        return null;
      }
      return super.visit(call);
    }

    private void from(SqlNode node, boolean aliased) {
      if (node == null) {
        return;
      }
      if (node instanceof SqlIdentifier identifier) {
        if (identifier.names.size() > 1 || !bound.contains(identifier.names.get(0))) {
          references.add(
              new Reference(
                  String.join(".", identifier.names), identifier.getParserPosition(), aliased));
        }
      } else if (node instanceof SqlJoin join) {
        from(join.getLeft(), false);
        from(join.getRight(), false);
        if (join.getCondition() != null) {
          join.getCondition().accept(this);
        }
      } else if (node.getKind() == SqlKind.AS) {
        from(((SqlBasicCall) node).operand(0), true);
      } else {
        node.accept(this);
      }
    }
  }
}
