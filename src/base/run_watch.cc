#include "base/run_watch.h"

namespace nacre {
constinit thread_local RunWatch run_watch;
}  // namespace nacre
