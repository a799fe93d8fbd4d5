#include "base/deep_call.h"

namespace nacre {
thread_local StackExtender stack_extender;
}  // namespace nacre
