"""Random changes in a tree, as fast as they go: TREE OUTSIDE SEED COUNT."""
import os
import random
import shutil
import sys

tree, outside, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
choose = random.Random(seed)
names = 'abcdefgh'


def anywhere(root, folders):
    """A random entry below a folder, or the folder."""
    path = root
    while choose.random() < 0.7:
        below = [entry for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False) or not folders]
        if not below:
            break
        path = choose.choice(below).path
        if not os.path.isdir(path):
            break
    return path


def free(folder):
    return os.path.join(folder, choose.choice(names) + str(choose.randrange(4)))


def rename(source, target):
    if source not in (tree, outside):
        os.rename(source, target)


for _ in range(count):
    action = choose.randrange(10)
    folder = anywhere(tree, True)
    try:
        if action < 2:
            os.mkdir(free(folder))
        elif action < 5:
            with open(free(folder), 'a') as file:
                file.write('x')
        elif action < 7:
            rename(anywhere(tree, False), free(folder))
        elif action == 7:
            rename(anywhere(tree, False), free(outside))
        elif action == 8:
            rename(anywhere(outside, False), free(folder))
        else:
            victim = anywhere(tree, False)
            if victim == tree:
                continue
            (shutil.rmtree if os.path.isdir(victim) else os.remove)(victim)
    except OSError:
        pass  # It is in the way, or within itself.
