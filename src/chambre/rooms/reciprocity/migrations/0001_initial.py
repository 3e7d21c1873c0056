import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0001_initial'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Contract',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short name')),
                    ('name', models.CharField(max_length=140, verbose_name='name')),
                    ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.resource', verbose_name='resource')),
                    ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent', verbose_name='structure that holds the money')),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('signing', 'being signed'), ('in-force', 'in force'), ('suspended', 'suspended'), ('ended', 'ended')], default='draft', max_length=10, verbose_name='state')),
                    ('number', models.PositiveIntegerField(default=0, verbose_name='number of the version')),
                    ('template', models.CharField(blank=True, default='', max_length=60, verbose_name='template')),
                    ('copied_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='reciprocity.contract')),
                    ('copied_digest', models.CharField(blank=True, default='', max_length=80, verbose_name='digest')),
                    ('public', models.BooleanField(default=True, verbose_name='anybody may read it')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'contract',
                    'ordering': ['name', 'id'],
                    'indexes': [models.Index(fields=['resource', 'state'], name='recip_of_resource')],
                },
            ),
            migrations.CreateModel(
                name='Version',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reciprocity.contract')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('text', models.TextField(verbose_name='contract')),
                    ('digest', models.CharField(max_length=80, verbose_name='digest')),
                    ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='what changed')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'version of a contract',
                    'ordering': ['contract_id', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('contract', 'number'), name='recip_version_number')],
                },
            ),
            migrations.CreateModel(
                name='Party',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='reciprocity.version')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('name', models.CharField(max_length=80, verbose_name='name in the contract')),
                    ('hands', models.PositiveSmallIntegerField(default=1, verbose_name='people who must sign')),
                ],
                options={
                    'verbose_name': 'party to a contract',
                    'ordering': ['version_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('version', 'agent'), name='recip_party_once'), models.CheckConstraint(condition=models.Q(('hands__gte', 1)), name='recip_party_hands')],
                },
            ),
            migrations.CreateModel(
                name='Signature',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='reciprocity.party')),
                    ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('digest', models.CharField(max_length=80, verbose_name='digest')),
                    ('means', models.CharField(choices=[('passkey', 'passkey'), ('code', 'code sent by e-mail')], max_length=10, verbose_name='how')),
                    ('capacity', models.CharField(blank=True, default='', max_length=140, verbose_name='in which capacity')),
                    ('at', models.DateTimeField(verbose_name='signed')),
                ],
                options={
                    'verbose_name': 'signature',
                    'ordering': ['party_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('party', 'signer'), name='recip_signature_once')],
                },
            ),
            migrations.CreateModel(
                name='Turn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='reciprocity.contract')),
                    ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='reciprocity.version')),
                    ('kind', models.CharField(choices=[('offered', 'offered for signing'), ('withdrawn', 'taken back to be changed'), ('in-force', 'in force'), ('breach', 'breach noted'), ('remedied', 'breach remedied'), ('suspended', 'suspended'), ('resumed', 'in force again'), ('ended', 'ended')], max_length=10, verbose_name='what')),
                    ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('reason', models.TextField(blank=True, default='', verbose_name='why')),
                    ('until', models.DateField(null=True, verbose_name='until')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(verbose_name='when')),
                ],
                options={
                    'verbose_name': 'turn of a contract',
                    'ordering': ['contract_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Use',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='reciprocity.contract')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.resource')),
                    ('quantity', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='quantity')),
                    ('unit', models.CharField(max_length=24, verbose_name='unit')),
                    ('day', models.DateField(verbose_name='day')),
                    ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='remark')),
                    ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='reciprocity.use')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'use',
                    'ordering': ['day', 'id'],
                    'indexes': [models.Index(fields=['contract', 'day'], name='recip_use_day')],
                },
            ),
        ]),
        *(ProtectTable(model) for model in ('Version', 'Party', 'Signature', 'Turn', 'Use',)),
    ]
