package org.example.basket.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BasketTest {
    @Test
    void addsUpPrices() {
        var basket = new Basket();
        basket.add(250);
        basket.add(199);
        assertEquals(449, basket.total());
    }

    @Test
    void refusesAPriceOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> new Basket().add(0));
    }
}
