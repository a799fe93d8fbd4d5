/// TestClock: a clock for tests that moves one second each time it is asked.
#pragma once
#include "vfs/types.h"

namespace nacre {

struct TestClock : TimeSource {
  Timespec time{1'000'000'000, 0};
  Timespec now() override {
    ++time.sec;
    return time;
  }
};

}  // namespace nacre
