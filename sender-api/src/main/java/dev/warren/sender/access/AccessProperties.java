package dev.warren.sender.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param adminKey that opens everything, without being stored; empty where there is none
 */
@ConfigurationProperties("sender.access")
record AccessProperties(@DefaultValue("") String adminKey) {

  @Override
  public String toString() {
    return adminKey.isEmpty() ? "no admin key" : "an admin key";
  }
}
