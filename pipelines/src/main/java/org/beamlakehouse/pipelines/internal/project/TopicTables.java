package org.beamlakehouse.pipelines.internal.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.contract.Contract;
import org.beamlakehouse.pipelines.internal.project.SourceSettings.Type;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Says which topic feeds which table, where records do not name their table themselves: that of the
 * contract's {@code sourceTable}; where a source has one topic only, this feeds the tables that
 * name none.
 */
final class TopicTables {
  private TopicTables() {}

  /** The contracts with their topics; tables that no topic can feed are told as errors. */
  static List<Contract> resolve(
      List<Contract> contracts, Map<String, SourceSettings> sources, Problems problems) {
    List<Contract> resolved = new ArrayList<>();
    for (Contract contract : contracts) {
      SourceSettings source = sources.get(contract.table().source());
      resolved.add(
          source != null && source.type() == Type.KAFKA && !source.format().hasEnvelope()
              ? resolve(contract, source, problems)
              : contract);
    }
    return resolved;
  }

  private static Contract resolve(Contract contract, SourceSettings source, Problems problems) {
    TableDefinition table = contract.table();
    String wanted = table.sourceTable();
    String pattern = source.topicPattern();
    if (pattern == null ? source.topics().contains(wanted) : Pattern.matches(pattern, wanted)) {
      return contract;
    }
    String ownName = table.name().substring(table.name().lastIndexOf('.') + 1);
    if (source.topics().size() == 1 && wanted.equals(ownName)) {
      return new Contract(
          contract.file(),
          contract.line(),
          contract.id(),
          table.toBuilder().sourceTable(source.topics().get(0)).build());
    }
    problems.error(
        contract.file(),
        contract.line(),
        String.format(
            "no topic of the source '%s' feeds the table: its 'sourceTable' is '%s'%s%s",
            source.name(),
            wanted,
            wanted.equals(ownName) ? " by default" : "",
            pattern == null
                ? NearestName.hint(wanted, source.topics())
                : ", which 'topicPattern' does not match"));
    return contract;
  }
}
