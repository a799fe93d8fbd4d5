/// ExecResult in words and as JSON.
#pragma once
#include <string>

#include "nacre/result.h"

namespace nacre {

/// "created src/, src/index.ts": what a silent run did; "no output, no changes" otherwise.
std::string summarize(const ExecResult& r);

}  // namespace nacre
