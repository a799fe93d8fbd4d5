/// ProgramDir: /usr/bin of every sandbox, as a directory that is never written:
/// one small file a program, whose content names its image. The base tree has it
/// below (MemFs, `backing`), so that what a script does not touch costs nothing.
///
/// Threads: any; nothing in it changes.
#pragma once
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/process.h"
#include "nacre/host.h"
#include "nacre/sandbox.h"

namespace nacre {

/// Names of programs that a sandbox does not have; null: it has all.
using HiddenPrograms = std::shared_ptr<const std::set<std::string, std::less<>>>;
/// What Config::allow_commands and deny_commands leave out.
HiddenPrograms hidden_programs(const Config& config);
/// An error (code "commands") when one of the two lists has a name that is no command's: a mistyped denial must not pass.
Expected<bool> check_commands(const Config& config);

/// Every program's name, sorted.
std::vector<std::string> program_names();

/// A tree that holds usr/bin with a file for each command, bash and sh that is not hidden; curl and wget only with
/// a network.
std::shared_ptr<HostDir> make_program_dir(bool network, HiddenPrograms hidden);
/// The program of a command, by any of its names; null: there is none.
const Body* find_program(std::string_view name);

}  // namespace nacre
