/// ProgramDir: /usr/bin of every sandbox, as a directory that is never written:
/// one small file a program, whose content names its image. The base tree has it
/// below (MemFs, `backing`), so that what a script does not touch costs nothing.
///
/// Threads: any; nothing in it changes.
#pragma once
#include <memory>
#include <string_view>

#include "kernel/process.h"
#include "nacre/host.h"

namespace nacre {

/// A tree that holds usr/bin with a file for each command, bash and sh; curl and wget only with a network.
std::shared_ptr<HostDir> make_program_dir(bool network);
/// The program of a command, by any of its names; null: there is none.
const Body* find_program(std::string_view name);

}  // namespace nacre
