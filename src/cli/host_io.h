/// What the command line prints, and signals that reach what runs.
#pragma once
#include <string>
#include <string_view>

#include "nacre/sandbox.h"

namespace nacre::cli {

/// Plain write(2): iostreams would cost a fifth of the start-up time.
bool write_all(int fd, std::string_view text);
/// "nacre: message; hint" on stderr, and the detail after it. Returns the exit status: 2, or 1 when it was a setup
/// command that failed.
int fail(const Error& e);
/// SIGINT, SIGTERM and SIGHUP go to this sandbox's running command from now on; null: to nobody.
void forward_signals(Sandbox* to);
/// Says on stderr why a run was ended, if it was. Not for --json, which has it in the result.
void report_end(const ExecResult& r);

}  // namespace nacre::cli
