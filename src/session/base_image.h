/// The file tree every sandbox starts from: built once in a process, shared by
/// all sandboxes until they change it.
/// Source: Filesystem Hierarchy Standard 3.0; design.md, section 3.
#pragma once
#include <memory>

#include "kernel/kernel.h"
#include "program/symbol.h"
#include "session/program_dir.h"
#include "vfs/mem_fs.h"

namespace nacre {

/// The base tree carries one fixed time (2025-01-01), so that equal inputs give equal bytes.
constexpr Timespec kBaseTime{1735689600, 0};

/// A copy-on-write view of the base tree; with the network's commands or without, and without the hidden ones.
std::unique_ptr<MemFs> make_base_fs(TimeSource* clock, Budget* budget, bool network, const HiddenPrograms& hidden);
/// The base tree as a session left it.
std::unique_ptr<MemFs> open_base_fs(TimeSource* clock, Budget* budget, bool network, const HiddenPrograms& hidden, std::shared_ptr<StoredNodes> stored);
/// Gives the kernel every program there is: commands, bash and sh.
void add_programs(Kernel& kernel, std::shared_ptr<Symbols> symbols);

}  // namespace nacre
