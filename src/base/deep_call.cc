#include "base/deep_call.h"

namespace nacre {
constinit thread_local StackExtender stack_extender;
}  // namespace nacre
