/// Custom commands: the embedder's callback as a program of the sandbox.
#pragma once
#include "kernel/process.h"
#include "nacre/sandbox.h"

namespace nacre {

Body custom_body(const CustomCommand& command);

}  // namespace nacre
