package org.beamlakehouse.benchmarks.job;

/**
 * One change of one order.
 *
 * @param operation as Debezium names it: {@code c}, {@code u} or {@code d}
 * @param lsn its log position
 * @param valuesLsn log position of the change that made the values it brings; of a delete, that of
 *     the row it deletes
 */
record OrderChange(char operation, long key, long lsn, long valuesLsn) {

  /** The insert of a row that the table has from the beginning. */
  static OrderChange base(int key) {
    return new OrderChange('c', key, OrderLog.baseLsn(key), OrderLog.baseLsn(key));
  }

  boolean isDelete() {
    return operation == 'd';
  }

  /** The change as Debezium's PostgreSQL connector writes it, without schema. */
  void appendJson(StringBuilder json) {
    OrderValues values = OrderValues.of(key, valuesLsn);
    json.append("{\"before\":");
    if (isDelete()) {
      values.appendJson(json);
      json.append(",\"after\":null");
    } else {
      json.append("null,\"after\":");
      values.appendJson(json);
    }
    long millis = OrderValues.timeOf(lsn).toEpochMilli();
    json.append(",\"source\":{\"version\":\"3.2.3.Final\",\"connector\":\"postgresql\"");
    json.append(",\"name\":\"shop\",\"ts_ms\":").append(millis);
    json.append(",\"snapshot\":\"false\",\"db\":\"shop\",\"sequence\":\"[\\\"").append(lsn - 40);
    json.append("\\\",\\\"").append(lsn).append("\\\"]\",\"schema\":\"public\"");
    json.append(",\"table\":\"orders\",\"txId\":").append(lsn / 3);
    json.append(",\"lsn\":").append(lsn).append(",\"xmin\":null},\"transaction\":null");
    json.append(",\"op\":\"").append(operation);
    json.append("\",\"ts_ms\":").append(millis + 120).append('}');
  }
}
