/// targets: the operands of cp, mv, ln and install: SOURCE DEST, SOURCE... DIRECTORY,
/// -t DIRECTORY, -T. Source: GNU coreutils 9 manual, 2.6 "Target directory".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct TargetOptions {
  std::optional<std::string> directory;   ///< -t
  bool no_directory = false;              ///< -T
};
/// Sets -t, once.
std::optional<int> set_target_directory(Process& p, TargetOptions& o, std::string_view directory);

struct TargetPair {
  std::string from, to;
};

struct Targets {
  std::vector<TargetPair> pairs;
  std::optional<std::string> directory;   ///< that all go into; none for SOURCE DEST
};

/// What goes where. nullopt after a message. With `follow_target` false a symbolic link to a
/// directory counts as a file (ln -n).
std::optional<Targets> resolve_targets(Process& p, const TargetOptions& options, std::vector<std::string> operands, bool follow_target = true);

}  // namespace nacre
