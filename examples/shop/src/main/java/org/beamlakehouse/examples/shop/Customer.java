package org.beamlakehouse.examples.shop;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** A customer of the simulated shop: a number and habits, nobody's name. */
final class Customer {
  private record Country(String code, String region, String currency) {}

  private static final Country[] COUNTRIES = {
    new Country("DE", "EMEA", "EUR"),
    new Country("FR", "EMEA", "EUR"),
    new Country("ES", "EMEA", "EUR"),
    new Country("IT", "EMEA", "EUR"),
    new Country("GB", "EMEA", "GBP"),
    new Country("US", "AMER", "USD"),
    new Country("US", "AMER", "USD"),
    new Country("CA", "AMER", "USD"),
    new Country("BR", "AMER", "USD"),
    new Country("JP", "APAC", "USD"),
    new Country("AU", "APAC", "USD"),
    new Country("SG", "APAC", "USD")
  };
  private static final String[] TIERS = {"basic", "plus", "premium"};

  private final long id;
  private final Instant signup;
  private Country country;
  private String tier;
  private boolean optIn;
  private Instant lastSeen;
  private long points;
  private boolean living = true;

  Customer(long id, Instant signup, Dice dice) {
    this.id = id;
    this.signup = signup;
    this.lastSeen = signup;
    this.country = dice.pick(COUNTRIES);
    this.tier = dice.chance(700) ? TIERS[0] : dice.pick(TIERS);
    this.optIn = dice.chance(400);
  }

  long id() {
    return id;
  }

  boolean living() {
    return living;
  }

  void living(boolean nowLiving) {
    this.living = nowLiving;
  }

  String currency() {
    return country.currency();
  }

  /** Changes something: mostly what opens no new version, else the tier, the country or consent. */
  void change(Instant now, Dice dice) {
    lastSeen = now;
    points += dice.below(50);
    if (dice.chance(450)) {
      return;
    }
    switch ((int) dice.below(5)) {
      case 0 -> country = dice.pick(COUNTRIES);
      case 1 -> optIn = !optIn;
      default -> tier = dice.pick(TIERS);
    }
  }

  /** The row of {@code public.customers}. */
  Map<String, Object> row() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("customer_id", id);
    row.put("country", country.code());
    row.put("region", country.region());
    row.put("tier", tier);
    row.put("marketing_opt_in", optIn);
    row.put("signup_ts", signup);
    row.put("last_seen_at", lastSeen);
    row.put("loyalty_points", points);
    return row;
  }
}
