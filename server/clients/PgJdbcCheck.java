import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** pgjdbc as it is, against the server at args[0]:args[1]. Ends with an exception at the first surprise. */
public class PgJdbcCheck {
  static String address;

  public static void main(String[] args) throws Exception {
    address = args[0] + ":" + args[1];
    for (String mode : new String[] {"simple", "extended", "extendedCacheEverything"}) {
      try (Connection c = connect("preferQueryMode", mode)) {
        types(c);
        System.out.println("ok types in mode " + mode);
      }
    }
    try (Connection c = connect("prepareThreshold", "1")) {
      preparedAndBatches(c);
      portions(c);
      errorsAndTransactions(c);
      cancel(c);
      metadata(c);
    }
  }

  static Connection connect(String name, String value) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "root");
    properties.setProperty(name, value);
    return DriverManager.getConnection("jdbc:postgresql://" + address + "/dev", properties);
  }

  static void check(Object actual, Object expected) {
    if (!String.valueOf(expected).equals(String.valueOf(actual)))
      throw new AssertionError("expected " + expected + ", got " + actual);
  }

  static void types(Connection c) throws SQLException {
    String sql = "SELECT ?::int, ?::bigint, ?::numeric, ?::varchar, ?::boolean, ?::double precision, ?::date,"
        + " ?::timestamp, ?::bytea, ?::int[]";
    try (PreparedStatement s = c.prepareStatement(sql)) {
      for (int i = 0; i < 8; i++) { // by name from the fifth on, in binary then
        s.setInt(1, i);
        s.setLong(2, Long.MIN_VALUE);
        s.setBigDecimal(3, new BigDecimal("123456789.0010"));
        s.setString(4, "žluť '\" \\ 🐎");
        s.setBoolean(5, true);
        s.setDouble(6, 1e-300);
        s.setObject(7, LocalDate.of(2024, 2, 29));
        s.setObject(8, LocalDateTime.of(1969, 12, 31, 23, 59, 59, 123456000));
        s.setBytes(9, new byte[] {0, 1, (byte) 255});
        s.setArray(10, c.createArrayOf("int4", new Integer[] {1, null, 3}));
        try (ResultSet r = s.executeQuery()) {
          r.next();
          check(r.getInt(1), i);
          check(r.getLong(2), Long.MIN_VALUE);
          check(r.getBigDecimal(3), "123456789.0010");
          check(r.getString(4), "žluť '\" \\ 🐎");
          check(r.getBoolean(5), true);
          check(r.getDouble(6), 1e-300);
          check(r.getObject(7, LocalDate.class), "2024-02-29");
          check(r.getObject(8, LocalDateTime.class), "1969-12-31T23:59:59.123456");
          check(r.getBytes(9).length, 3);
          check(((Integer[]) r.getArray(10).getArray())[2], 3);
        }
      }
    }
  }

  static void preparedAndBatches(Connection c) throws SQLException {
    try (Statement s = c.createStatement()) {
      s.execute("CREATE TABLE jdbc_t (k int PRIMARY KEY, v varchar, n numeric)");
    }
    try (PreparedStatement s = c.prepareStatement("INSERT INTO jdbc_t VALUES (?, ?, ?)")) {
      for (int i = 0; i < 100; i++) {
        s.setInt(1, i);
        s.setString(2, "v" + i);
        s.setBigDecimal(3, BigDecimal.valueOf(i, 1));
        s.addBatch();
      }
      check(s.executeBatch().length, 100);
    }
    try (PreparedStatement s = c.prepareStatement("UPDATE jdbc_t SET v = ? WHERE k < ?")) {
      s.setString(1, "new");
      s.setInt(2, 10);
      check(s.executeUpdate(), 10);
    }
    try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT count(*), sum(n) FROM jdbc_t")) {
      r.next();
      check(r.getLong(1) + " " + r.getBigDecimal(2), "100 495.0");
    }
    System.out.println("ok prepared statements and batches");
  }

  static void portions(Connection c) throws SQLException {
    c.setAutoCommit(false);
    try (Statement s = c.createStatement()) {
      s.setFetchSize(7); // portals with a row limit
      int rows = 0;
      try (ResultSet r = s.executeQuery("SELECT i FROM generate_series(1, 100) AS g(i)")) {
        while (r.next()) check(r.getInt(1), ++rows);
      }
      check(rows, 100);
    }
    c.commit();
    c.setAutoCommit(true);
    System.out.println("ok portions of rows");
  }

  static void errorsAndTransactions(Connection c) throws SQLException {
    c.setAutoCommit(false);
    try (Statement s = c.createStatement()) {
      check(code(s, "SELECT nope"), "42703");
      check(code(s, "SELECT 1"), "ok");
      c.rollback();
      check(code(s, "SELECT 1 / 0"), "22012");
      c.rollback();
      check(code(s, "SELECT 1"), "ok");
      c.commit();
    }
    c.setAutoCommit(true);
    System.out.println("ok errors and transactions");
  }

  static String code(Statement s, String sql) {
    try {
      s.execute(sql);
      return "ok";
    } catch (SQLException error) {
      return error.getSQLState();
    }
  }

  static void cancel(Connection c) throws Exception {
    String endless = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    try (Statement s = c.createStatement()) {
      Thread canceler = new Thread(() -> {
        try {
          Thread.sleep(300);
          s.cancel();
        } catch (Exception error) {
          throw new RuntimeException(error);
        }
      });
      canceler.start();
      check(code(s, endless), "57014");
      canceler.join();
      s.setQueryTimeout(1);
      check(code(s, endless), "57014");
    }
    System.out.println("ok cancel");
  }

  static void metadata(Connection c) throws SQLException {
    DatabaseMetaData m = c.getMetaData();
    check(names(m.getTables(null, "public", "jdbc%", new String[] {"TABLE"}), "TABLE_NAME"), "[jdbc_t]");
    check(names(m.getColumns(null, "public", "jdbc_t", "%"), "COLUMN_NAME"), "[k, v, n]");
    check(names(m.getColumns(null, "public", "jdbc_t", "%"), "TYPE_NAME"), "[int4, varchar, numeric]");
    check(names(m.getPrimaryKeys(null, "public", "jdbc_t"), "COLUMN_NAME"), "[k]");
    check(names(m.getIndexInfo(null, "public", "jdbc_t", true, true), "COLUMN_NAME"), "[k]");
    check(names(m.getImportedKeys(null, "public", "jdbc_t"), "FKCOLUMN_NAME"), "[]");
    try (Statement s = c.createStatement()) {
      s.execute("CREATE TABLE jdbc_c (a int, b int CONSTRAINT known REFERENCES jdbc_t ON DELETE SET NULL)");
      check(names(m.getImportedKeys(null, "public", "jdbc_c"), "FKCOLUMN_NAME"), "[b]");
      check(names(m.getImportedKeys(null, "public", "jdbc_c"), "PK_NAME"), "[jdbc_t_pkey]");
      check(names(m.getImportedKeys(null, "public", "jdbc_c"), "DELETE_RULE"), "[2]");
      check(names(m.getExportedKeys(null, "public", "jdbc_t"), "FK_NAME"), "[known]");
      check(names(m.getCrossReference(null, null, "jdbc_t", null, null, "jdbc_c"), "PKCOLUMN_NAME"), "[k]");
      check(code(s, "INSERT INTO jdbc_c VALUES (1, 12345)"), "23503");
      s.execute("DROP TABLE jdbc_c");
    }
    check(names(m.getSchemas(), "TABLE_SCHEM").contains("public"), true);
    check(names(m.getCatalogs(), "TABLE_CAT").contains("dev"), true);
    check(names(m.getTypeInfo(), "TYPE_NAME").contains("numeric"), true);
    check(names(m.getProcedures(null, null, "nope%"), "PROCEDURE_NAME"), "[]");
    try (Statement s = c.createStatement()) {
      s.execute("DROP TABLE jdbc_t");
    }
    System.out.println("ok metadata");
  }

  static List<String> names(ResultSet r, String column) throws SQLException {
    List<String> names = new ArrayList<>();
    while (r.next()) names.add(r.getString(column));
    r.close();
    return names;
  }
}
