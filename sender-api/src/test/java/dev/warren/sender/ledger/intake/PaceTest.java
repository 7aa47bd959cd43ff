package dev.warren.sender.ledger.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is pushed at once fits into memory. */
class PaceTest {

  private static final int MOST = 500;
  private static final int SMALL = 300;
  private static final int LARGE = 1 << 20;

  private final Pace pace = new Pace(MOST);

  @Test
  void takesMany_onceTheyWereSmallForAWhile() {
    var pushed = Pace.CAREFUL;
    for (var batch = 1; batch < 16; batch++) {
      pushed = pace.after(pushed, 16, 16 * SMALL);
      assertThat(pushed).isEqualTo(Pace.CAREFUL);
    }
    assertThat(pace.after(pushed, 16, 16 * SMALL)).isEqualTo(MOST);
    assertThat(pace.after(MOST, 1, SMALL)).isEqualTo(MOST);
  }

  @Test
  void takesFew_whileTheyAreLarge() {
    assertThat(pace.after(MOST, 4, 4 * LARGE)).isEqualTo(Pace.CAREFUL);
    assertThat(pace.after(Pace.CAREFUL, 4, 4 * LARGE)).isEqualTo(Pace.CAREFUL);
    assertThat(pace.after(Pace.CAREFUL, 1, 16 * LARGE)).isEqualTo(1);
    assertThat(pace.after(1, 1, SMALL)).isEqualTo(1);
  }

  @Test
  void isCarefulAgain_afterALargeOneAndAfterARestart() {
    pace.after(Pace.CAREFUL, 255, 255 * SMALL);
    pace.after(Pace.CAREFUL, 1, LARGE);
    assertThat(pace.after(Pace.CAREFUL, 255, 255 * SMALL)).isEqualTo(Pace.CAREFUL);
    pace.restart();
    assertThat(pace.after(Pace.CAREFUL, 255, 255 * SMALL)).isEqualTo(Pace.CAREFUL);
  }
}
