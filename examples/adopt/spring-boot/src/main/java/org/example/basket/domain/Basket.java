package org.example.basket.domain;

import java.util.ArrayList;
import java.util.List;

/** What a customer wants to buy. */
public final class Basket {
    private final List<Integer> cents = new ArrayList<>();

    /** Adds a line; a price must be positive. */
    public void add(int priceInCents) {
        if (priceInCents <= 0) {
            throw new IllegalArgumentException("a price must be positive");
        }
        cents.add(priceInCents);
    }

    public int total() {
        return cents.stream().mapToInt(Integer::intValue).sum();
    }
}
