// attach, attachments list|get|remove|erase.
#pragma once

namespace CLI {
class App;
}

namespace trellis {

class CommandLine;

void AddAttachmentCommands(CLI::App& app, CommandLine& line);

}  // namespace trellis
