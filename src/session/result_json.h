/// ExecResult in words and as JSON.
#pragma once
#include <string>

#include "nacre/result.h"

namespace nacre {

/// "name": text, or "nameBase64" where the bytes are no UTF-8.
void append_bytes(std::string& out, const char* name, const std::string& bytes);
/// {"created": [...], "modified": ..., "deleted": ..., "renamed": [{"from", "to"}...], "modeChanged": ...}
void append_diff(std::string& out, const Diff& diff);
/// "created src/, src/index.ts": what a silent run did; "no output, no changes" otherwise.
std::string summarize(const ExecResult& r);

}  // namespace nacre
