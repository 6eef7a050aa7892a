// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mien {

/// For what only shows results that are stored elsewhere, too: plots, contact sheets, pages, event files. Nothing that goes wrong
/// there may take the results away or end a run. Calls `show`; an exception of any type becomes a sentence, "WHAT was left out:
/// why"; "" when all went well. An Error that says interrupted goes on.
std::string show_or_say(const std::string& what, const std::function<void()>& show);

/// The same for one file, which `show` writes. When it cannot, an older file of that name goes, too: it would show other results.
std::string write_or_say(const std::filesystem::path& file, const std::function<void()>& write);

/// The notes that say something, each once, as one text: "a; b". Of many the first five.
std::string joined_notes(const std::vector<std::string>& notes);

}  // namespace mien
