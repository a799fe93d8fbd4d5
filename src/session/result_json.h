/// ExecResult in words and as JSON.
#pragma once
#include <string>
#include <string_view>

#include "nacre/result.h"

namespace nacre {

/// "created src/, src/index.ts": what a silent run did; "no output, no changes" otherwise.
std::string summarize(const ExecResult& r);
/// Appends a JSON string with its quotes; s must be UTF-8.
void append_json_string(std::string& out, std::string_view s);

}  // namespace nacre
